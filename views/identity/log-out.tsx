import type { Frame } from '#platform/http/frame.ts';
import { doorOf } from '../layout/door.ts';
import { Form, Submit } from '../layout/form.tsx';
import { Layout } from '../layout/layout.tsx';

/** A link to log out leads here: only a form ends a session. */
export function LogOut({ frame }: { frame: Frame }) {
  const { root, home } = doorOf(frame);
  return (
    <Layout frame={frame} title="Se déconnecter">
      <h1>Se déconnecter</h1>
      <p className="lead">Vous êtes connecté. Voulez-vous fermer votre session&nbsp;?</p>
      <Form frame={frame} action={`${root}/deconnexion`}>
        <div className="actions">
          <Submit>Fermer ma session</Submit>
        </div>
      </Form>
      <p>
        <a href={home.href}>Non, revenir à {home.label}</a>
      </p>
    </Layout>
  );
}

export function LoggedOut({ frame }: { frame: Frame }) {
  return (
    <Layout frame={frame} title="Vous êtes déconnecté">
      <h1>Vous êtes déconnecté</h1>
      <p className="lead">Votre session est fermée sur cet ordinateur.</p>
      {frame.door !== 'auditeur' && (
        <p>
          Si vous agissiez au nom d’une personne, fermez aussi les sites ouverts pour elle, puis le navigateur&nbsp;:
          une connexion à FranceConnect peut durer 30&nbsp;minutes après la nôtre.
        </p>
      )}
      <p>
        <a href={`${doorOf(frame).root}/connexion`}>Se connecter à nouveau</a>
      </p>
    </Layout>
  );
}
