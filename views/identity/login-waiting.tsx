import type { FieldErrors } from '#platform/http/form.ts';
import type { Frame } from '#platform/http/frame.ts';
import { doorOf } from '../layout/door.ts';
import { ErrorSummary, Field, Form, Submit } from '../layout/form.tsx';
import { Layout } from '../layout/layout.tsx';
import { Disclosure, Notice, Phone, When } from '../layout/parts.tsx';

type WaitingProps = {
  frame: Frame;
  end: { iso: string; words: string };
  resent?: boolean | undefined;
  errors?: FieldErrors | undefined;
};

/** The mail has left; the short code may be typed here, when the mail is read elsewhere. */
export function LoginWaiting({ frame, end, resent = false, errors }: WaitingProps) {
  const { root } = doorOf(frame);
  return (
    <Layout frame={frame} title="Regardez vos messages" error={errors !== undefined}>
      <h1>Regardez vos messages</h1>
      {resent && (
        <Notice severity="success">
          <p>Le message vient de partir une nouvelle fois.</p>
        </Notice>
      )}
      <ErrorSummary errors={errors} />
      <p className="lead">
        Un message part à votre adresse e-mail. Il sert jusqu’au <When iso={end.iso}>{end.words}</When>, une seule fois.
      </p>
      <p>
        Vous lisez vos messages <strong>dans ce navigateur</strong>&nbsp;? Ouvrez le lien du message.
      </p>
      <p>
        Vous les lisez <strong>ailleurs</strong> (téléphone, autre navigateur)&nbsp;? Tapez ici le code à
        8&nbsp;chiffres du message.
      </p>
      <Form frame={frame} action={`${root}/connexion/attente`}>
        <Field
          name="code"
          label="Le code à 8&nbsp;chiffres du message"
          hint="Ce n’est pas celui de votre application. Exemple&nbsp;: 1234 5678"
          autoComplete="one-time-code"
          inputMode="numeric"
          maxLength={20}
          className="fr-input--code"
          error={errors?.code}
        />
        <div className="actions">
          <Submit>Me connecter</Submit>
        </div>
      </Form>
      <Disclosure summary="Le message n’arrive pas">
        <p>
          Attendez une minute et regardez aussi dans les courriers indésirables. Le message vient de{' '}
          {frame.operator.name}.
        </p>
        <Form frame={frame} action={`${root}/connexion/renvoyer`}>
          <div className="actions">
            <Submit secondary>Renvoyer le message</Submit>
          </div>
        </Form>
        <p>
          Toujours rien&nbsp;? <a href={`${root}/connexion`}>Recommencez avec votre adresse et un nouveau code</a>, ou
          appelez le <Phone number={frame.operator.phone} />.
        </p>
      </Disclosure>
      <p>
        Vous avez déjà ouvert le lien dans ce navigateur&nbsp;? <a href={`${root}/connexion/attente`}>Continuez</a>.
      </p>
    </Layout>
  );
}
