import type { Frame } from '#platform/http/frame.ts';
import { Form, Submit } from '../../layout/form.tsx';
import { Layout } from '../../layout/layout.tsx';
import { Notice } from '../../layout/parts.tsx';
import { type DraftHeader, DraftTop } from './draft-header.tsx';

export type CloseSessionProps = {
  frame: Frame;
  draft: DraftHeader;
  /** When FranceConnect will have closed it by itself. */
  until: string;
  unavailable: boolean;
};

/** FranceConnect did not send the browser back after its logout: try again, or go on, knowing what stays open. */
export function CloseSession({ frame, draft, until, unavailable }: CloseSessionProps) {
  return (
    <Layout frame={frame} title="Fermer la session FranceConnect">
      <DraftTop draft={draft} />
      <h1>Fermez la session FranceConnect de la personne</h1>
      {unavailable && (
        <Notice severity="error" title="FranceConnect ne répond pas">
          <p>La session n’a pas pu être fermée. Essayez à nouveau dans un instant.</p>
        </Notice>
      )}
      <p>
        La personne s’est identifiée sur cet ordinateur. Nous n’avons pas reçu la confirmation que sa session
        FranceConnect est fermée.
      </p>
      <p>
        Tant qu’elle est ouverte, n’importe quel site peut la connecter ici sans mot de passe, jusqu’au {until} environ.
      </p>
      <div className="actions">
        <a className="fr-btn" href={draft.paths.closeSession}>
          Réessayer de fermer la session FranceConnect
        </a>
      </div>
      <h2>Si cela ne marche pas</h2>
      <p>
        Vous pouvez continuer. Ensuite, fermez toutes les fenêtres du navigateur avant de recevoir quelqu’un d’autre. Ce
        choix est noté dans le journal et dans le mandat.
      </p>
      <Form frame={frame} action={draft.paths.session}>
        <div className="actions">
          <Submit secondary>Continuer quand même</Submit>
        </div>
      </Form>
    </Layout>
  );
}
