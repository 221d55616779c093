import type { Frame } from '#platform/http/frame.ts';
import { Layout } from '../../layout/layout.tsx';
import { BackLink, Notice } from '../../layout/parts.tsx';
import { type DraftHeader, DraftTop } from './draft-header.tsx';

export type SessionOpenProps = {
  frame: Frame;
  draft: DraftHeader;
  /** When FranceConnect will have closed it by itself. */
  until: string;
};

/** Before the screen is turned: somebody left for FranceConnect from this browser, and may have a session there. */
export function SessionOpen({ frame, draft, until }: SessionOpenProps) {
  return (
    <Layout frame={frame} title="Une session FranceConnect est peut-être encore ouverte">
      <BackLink href={draft.paths.themes}>Retour aux thèmes et à la durée</BackLink>
      <DraftTop draft={draft} />
      <h1>Une session FranceConnect est peut-être encore ouverte</h1>
      <Notice severity="warning">
        <p>
          Quelqu’un est allé chez FranceConnect avec ce navigateur, et nous n’avons pas vu sa session se fermer.
          FranceConnect pourrait répondre pour cette personne, sans mot de passe.
        </p>
      </Notice>
      <p>Fermez-la, puis reprenez cette préparation&nbsp;: elle est gardée jusqu’au {draft.expires}.</p>
      <div className="actions">
        <a className="fr-btn" href={draft.paths.closeSession}>
          Fermer la session FranceConnect
        </a>
      </div>
      <p>
        Si FranceConnect demande de confirmer, dites oui. S’il ne vous ramène pas ici, attendez le {until}{' '}
        environ&nbsp;: il l’aura fermée. Ou prenez un autre ordinateur.
      </p>
    </Layout>
  );
}
