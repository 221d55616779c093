import type { Frame } from '#platform/http/frame.ts';
import { Form, Submit } from '../layout/form.tsx';
import { Layout } from '../layout/layout.tsx';

/** Closes FranceConnect's session in this browser, so that no other site is connected in the person's name. */
export function EndActing({ frame, action, name }: { frame: Frame; action: string; name: string | null }) {
  return (
    <Layout frame={frame} title="Terminer la connexion">
      <h1>Terminer la connexion{name && ` au nom de ${name}`}</h1>
      <p>
        FranceConnect garde sa session 30&nbsp;minutes dans ce navigateur. Pendant ce temps, un autre site peut être
        ouvert au nom de la même personne sans que nous le sachions.
      </p>
      <p>
        Terminez quand la démarche est finie, avant d’agir pour une autre personne et avant de préparer un mandat.
        FranceConnect vous demandera de confirmer. Fermez aussi les onglets des sites utilisés&nbsp;: chacun a sa propre
        session.
      </p>
      <Form frame={frame} action={action}>
        <Submit>Terminer et aller sur FranceConnect</Submit>
      </Form>
    </Layout>
  );
}
