import type { Frame } from '#platform/http/frame.ts';
import { Layout } from '../../layout/layout.tsx';
import { BackLink, Notice } from '../../layout/parts.tsx';
import { type DraftHeader, DraftTop } from './draft-header.tsx';

export type SessionOpenProps = {
  frame: Frame;
  draft: DraftHeader;
  until: string;
  /** Where to close it, when that is still possible. */
  closeHref: string | null;
};

/** Before the screen is turned: somebody identified before on this computer, and their session is still open. */
export function SessionOpen({ frame, draft, until, closeHref }: SessionOpenProps) {
  return (
    <Layout frame={frame} title="Une session FranceConnect est encore ouverte">
      <BackLink href={draft.paths.themes}>Retour aux thèmes et à la durée</BackLink>
      <DraftTop draft={draft} />
      <h1>Une session FranceConnect est encore ouverte</h1>
      <Notice severity="warning">
        <p>
          Quelqu’un s’est identifié avec FranceConnect sur cet ordinateur, et sa session n’est pas fermée. FranceConnect
          pourrait répondre pour cette personne, sans mot de passe.
        </p>
      </Notice>
      {closeHref ? (
        <>
          <p>Fermez-la, puis reprenez cette préparation&nbsp;: elle est gardée jusqu’au {draft.expires}.</p>
          <div className="actions">
            <a className="fr-btn" href={closeHref}>
              Fermer la session FranceConnect
            </a>
          </div>
        </>
      ) : (
        <p>
          Fermez toutes les fenêtres du navigateur, puis connectez-vous à nouveau à Entremise. Ou attendez le {until}{' '}
          environ&nbsp;: FranceConnect l’aura fermée. Cette préparation est gardée jusqu’au {draft.expires}.
        </p>
      )}
    </Layout>
  );
}
