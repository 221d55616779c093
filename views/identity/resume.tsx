import type { FieldErrors } from '#platform/http/form.ts';
import type { Frame } from '#platform/http/frame.ts';
import { doorOf } from '../layout/door.ts';
import { CodeField, ErrorSummary, Form, Submit } from '../layout/form.tsx';
import { Layout } from '../layout/layout.tsx';

/** A code, after 15 minutes of silence; then back to where the person was. */
export function Resume({
  frame,
  suite,
  formKept,
  errors,
}: {
  frame: Frame;
  suite: string;
  formKept: boolean;
  errors?: FieldErrors | undefined;
}) {
  const { root } = doorOf(frame);
  return (
    <Layout frame={frame} title="Reprendre votre session" error={errors !== undefined}>
      <h1>Reprendre votre session</h1>
      <ErrorSummary errors={errors} />
      <p className="lead">
        Vous n’avez rien fait depuis 15&nbsp;minutes. Tapez votre code pour continuer là où vous étiez.
      </p>
      {formKept && (
        <p>
          <strong>Ce que vous avez tapé est gardé 30&nbsp;minutes.</strong> Vous le retrouverez après le code, et vous
          l’enverrez à nouveau.
        </p>
      )}
      <Form frame={frame} action={`${root}/reprise`}>
        <input type="hidden" name="suite" value={suite} />
        <CodeField error={errors?.code} />
        <div className="actions">
          <Submit>Continuer</Submit>
        </div>
      </Form>
      <h2>Ce n’est pas vous&nbsp;?</h2>
      <p>
        Cette session est celle de {frame.person?.name ?? 'quelqu’un d’autre'}. Fermez-la avant de vous connecter avec
        votre compte.
      </p>
      <Form frame={frame} action={`${root}/deconnexion`}>
        <div className="actions">
          <Submit secondary>Fermer cette session</Submit>
        </div>
      </Form>
    </Layout>
  );
}
