import type { Frame } from '#platform/http/frame.ts';
import { Layout } from '../../layout/layout.tsx';
import { BackLink, PrintButton, When } from '../../layout/parts.tsx';
import { EntryList, type EntryRow } from '../search/entry-list.tsx';
import { HowTo, type SampleProof } from './how-to.tsx';

export type SampleView = {
  title: string;
  drawn: string;
  /** Null for a try, which nobody keeps. */
  made: { by: string; at: { iso: string; words: string } } | null;
  entries: readonly EntryRow[];
  /** Drawn, and not there any more, or not to be read by this auditor. */
  hidden: number;
  caseHref: string | null;
  proof: SampleProof;
};

/** What was drawn, and how anybody draws it again. */
export function SamplePage({ frame, sample }: { frame: Frame; sample: SampleView }) {
  return (
    <Layout frame={frame} title={sample.title} wide>
      <BackLink href="/auditeur/tirages">Tous les tirages</BackLink>
      <h1>{sample.title}</h1>
      <p className="lead">{sample.drawn}</p>
      {sample.made ? (
        <p>
          Fait par {sample.made.by}, le <When iso={sample.made.at.iso}>{sample.made.at.words}</When>.
        </p>
      ) : (
        <p>
          Ceci est un essai&nbsp;: il ne compte pas et n’est pas gardé. Refait plus tard, il donne autre chose, et le
          tirage de ce mois aura une autre graine.
        </p>
      )}
      <div className="actions">
        {sample.caseHref && (
          <a className="fr-btn fr-btn--secondary" href={sample.caseHref}>
            Ouvrir un dossier de contrôle avec ce tirage
          </a>
        )}
        <PrintButton />
      </div>
      <h2>Ce qui a été tiré</h2>
      {sample.hidden > 0 && (
        <p>
          {sample.hidden} des entrées tirées ne {sample.hidden > 1 ? 'sont' : 'est'} pas dans votre périmètre, ou{' '}
          {sample.hidden > 1 ? 'ont' : 'a'} été effacée{sample.hidden > 1 ? 's' : ''} au terme de leur durée.
        </p>
      )}
      <EntryList entries={sample.entries} label="Entrées tirées" />
      <HowTo proof={sample.proof} isTrial={sample.made === null} />
    </Layout>
  );
}
