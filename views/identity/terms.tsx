import type { FieldErrors } from '#platform/http/form.ts';
import type { Frame } from '#platform/http/frame.ts';
import { Checkbox, ErrorSummary, Form, Submit } from '../layout/form.tsx';
import { Layout } from '../layout/layout.tsx';
import { Notice } from '../layout/parts.tsx';
import { TermsText } from './terms-text.tsx';

type TermsProps = {
  frame: Frame;
  version: string;
  suite: string;
  /** `to-accept`: an aidant who must; `accepted`: an aidant who has; `reader`: anyone else. */
  state: 'to-accept' | 'accepted' | 'reader';
  errors?: FieldErrors | undefined;
};

/** The terms of use for aidants; the box to accept them stands after the text. */
export function Terms({ frame, version, suite, state, errors }: TermsProps) {
  return (
    <Layout frame={frame} title="Conditions d’utilisation pour les aidants" error={errors !== undefined}>
      <h1>Conditions d’utilisation pour les aidants</h1>
      <ErrorSummary errors={errors} />
      {state === 'to-accept' && (
        <Notice>
          <p>
            Lisez ce texte, puis acceptez-le en bas de la page. C’est obligatoire avant toute action sur un mandat. Ce
            que vous avez commencé n’est pas perdu.
          </p>
        </Notice>
      )}
      {state === 'accepted' && <p>Vous avez accepté ces conditions.</p>}
      <p className="quiet">Version {version}</p>
      <TermsText operator={frame.operator} />
      {state === 'to-accept' && (
        <>
          <h2>Accepter</h2>
          <Form frame={frame} action="/conditions">
            <input type="hidden" name="suite" value={suite} />
            <input type="hidden" name="version" value={version} />
            <Checkbox
              name="accepter"
              label="J’ai lu ces conditions et je m’engage à les respecter"
              error={errors?.accepter}
            />
            <div className="actions">
              <Submit>Accepter les conditions</Submit>
            </div>
          </Form>
        </>
      )}
    </Layout>
  );
}
