import type { FieldErrors } from '#platform/http/form.ts';
import type { Frame } from '#platform/http/frame.ts';
import { doorOf } from '../layout/door.ts';
import { CodeField, ErrorSummary, Field, Form, Submit } from '../layout/form.tsx';
import { Layout } from '../layout/layout.tsx';
import { Notice, Phone } from '../layout/parts.tsx';

/** Why the person is sent back to this page: said once, above the form. */
export type LoginAlert = 'link-dead' | 'login-over';

const ALERTS: Record<LoginAlert, { title: string; text: string }> = {
  'link-dead': {
    title: 'Ce lien ne fonctionne plus',
    text: 'Il a déjà servi, il a plus de 5\u00a0minutes, ou il n’est pas entier. Recommencez\u00a0: un nouveau message vous sera envoyé.',
  },
  'login-over': {
    title: 'Cette tentative de connexion est terminée',
    text: 'Elle a plus de 5\u00a0minutes, elle a déjà servi, ou il y a eu trop d’essais. Recommencez\u00a0: un nouveau message vous sera envoyé.',
  },
};

type LoginProps = {
  frame: Frame;
  suite: string;
  email?: string | undefined;
  errors?: FieldErrors | undefined;
  alert?: LoginAlert | undefined;
};

/** E-mail address and code. On the left, what a person who landed here by mistake needs. */
export function Login({ frame, suite, email, errors, alert }: LoginProps) {
  const { root, hasReferent } = doorOf(frame);
  const auditors = frame.door === 'auditeur';
  return (
    <Layout
      frame={frame}
      title={auditors ? 'Se connecter à l’espace auditeur' : 'Se connecter'}
      wide
      error={errors !== undefined}
    >
      <h1>{auditors ? 'Se connecter à l’espace auditeur' : 'Se connecter'}</h1>
      <div className="card-grid">
        {auditors ? <NotAuditors /> : <PrivatePersons />}
        <section aria-labelledby="titulaire">
          <h2 id="titulaire">{auditors ? 'Vous êtes auditeur' : 'Vous êtes aidant professionnel'}</h2>
          {alert && (
            <Notice severity="warning" title={ALERTS[alert].title}>
              <p>{ALERTS[alert].text}</p>
            </Notice>
          )}
          <ErrorSummary errors={errors} />
          <p>
            La connexion se fait en deux temps&nbsp;: d’abord votre adresse et votre code, puis un message que nous vous
            envoyons. Les deux champs sont obligatoires.
          </p>
          <Form frame={frame} action={`${root}/connexion`}>
            <input type="hidden" name="suite" value={suite} />
            <Field
              name="email"
              label="Votre adresse e-mail professionnelle"
              hint={`Exemple\u00a0: prenom.nom@${auditors ? 'controle.fr' : 'mairie.fr'}`}
              type="email"
              autoComplete="username"
              inputMode="email"
              value={email}
              error={errors?.email}
            />
            <CodeField error={errors?.code} />
            <div className="actions">
              <Submit>Recevoir le message de connexion</Submit>
            </div>
          </Form>
          <p className="quiet">
            Téléphone perdu ou application effacée&nbsp;? Prévenez{' '}
            {hasReferent && 'le référent de votre structure, ou '}
            {frame.operator.name} au <Phone number={frame.operator.phone} />.
          </p>
        </section>
      </div>
    </Layout>
  );
}

function NotAuditors() {
  return (
    <section className="card" aria-labelledby="autres">
      <h2 id="autres">Vous n’êtes pas auditeur</h2>
      <p>
        Les auditeurs contrôlent ce qui est fait dans Entremise. Leur compte est ouvert par l’organisme qui tient le
        service.
      </p>
      <ul>
        <li>
          Vous êtes aidant professionnel&nbsp;? <a href="/connexion">Connectez-vous à l’espace des aidants</a>.
        </li>
        <li>
          Vous êtes un particulier&nbsp;? <a href="/">Allez à l’accueil</a>.
        </li>
      </ul>
    </section>
  );
}

function PrivatePersons() {
  return (
    <section className="card" aria-labelledby="particulier">
      <h2 id="particulier">Vous êtes un particulier</h2>
      <p>Cette page n’est pas pour vous&nbsp;: seuls les aidants professionnels ont un compte ici.</p>
      <p>Si un aidant agit pour vous avec un mandat, vous n’avez pas besoin de vous connecter&nbsp;:</p>
      <ul>
        <li>
          <a href="/verifier">vérifier un mandat</a>, pour savoir s’il est vrai et s’il est en cours&nbsp;;
        </li>
        <li>
          <a href="/revoquer">arrêter un mandat</a>, avec le code écrit sur votre exemplaire&nbsp;;
        </li>
        <li>
          <a href="/aide#usager">comprendre vos droits</a> et savoir qui appeler.
        </li>
      </ul>
      <p>
        Vous cherchez de l’aide&nbsp;? Allez à la mairie, au centre communal d’action sociale (CCAS) ou dans une maison
        France services.
      </p>
    </section>
  );
}
