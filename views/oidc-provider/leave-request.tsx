import type { Frame } from '#platform/http/frame.ts';
import { Form, Submit } from '../layout/form.tsx';
import { Layout } from '../layout/layout.tsx';

/** Asks before leaving, for who comes to this address by hand. */
export function CancelRequest({ frame, action, back }: { frame: Frame; action: string; back: string }) {
  return (
    <Layout frame={frame} title="Annuler la connexion">
      <h1>Annuler la connexion</h1>
      <p>Vous reviendrez au site sans être connecté. Rien n’est écrit au nom d’une personne.</p>
      <Form frame={frame} action={action}>
        <Submit>Annuler et revenir au site</Submit>
      </Form>
      <p>
        <a href={back}>Continuer la connexion</a>
      </p>
    </Layout>
  );
}

/** This request was answered, in another tab perhaps: it is not answered twice. */
export function RequestAnswered({ frame, resume }: { frame: Frame; resume: string }) {
  return (
    <Layout frame={frame} title="Vous avez déjà répondu">
      <h1>Vous avez déjà répondu à cette demande</h1>
      <p>Vous avez choisi une personne ou annulé, peut-être dans un autre onglet. Ce premier choix compte.</p>
      <p>
        <a className="fr-btn" href={resume}>
          Revenir au site avec ce choix
        </a>
      </p>
      <p>Pour agir pour une autre personne, recommencez depuis le site.</p>
    </Layout>
  );
}

/** The request is gone: too old, answered, or opened in another browser. */
export function RequestExpired({ frame, action, known }: { frame: Frame; action: string; known: boolean }) {
  return (
    <Layout frame={frame} title="Cette demande n’est plus ouverte">
      <h1>Cette demande n’est plus ouverte</h1>
      <p>
        Elle a été faite il y a plus de 20&nbsp;minutes, ou dans un autre navigateur, ou vous y avez déjà répondu.
        Personne n’a été connecté depuis cette page.
      </p>
      <p>Pour recommencer, retournez sur le site de la démarche et cliquez à nouveau sur le bouton FranceConnect.</p>
      {known && (
        <Form frame={frame} action={action}>
          <Submit>Revenir à FranceConnect sans me connecter</Submit>
        </Form>
      )}
      <p>
        <a href="/mandats">Mes mandats</a>
      </p>
    </Layout>
  );
}
