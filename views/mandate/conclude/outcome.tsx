import type { Frame } from '#platform/http/frame.ts';
import { Layout } from '../../layout/layout.tsx';
import { DraftExits, type DraftHeader, DraftTop } from './draft-header.tsx';
import { OUTCOMES, type OutcomeReason } from './outcome-words.ts';

export type OutcomeProps = {
  frame: Frame;
  draft: DraftHeader;
  reason: OutcomeReason;
  /** FranceConnect's own reference, for its support. */
  reference: string | null;
};

/** What came back from FranceConnect when it is no identity: said calmly, with a way forward. */
export function Outcome({ frame, draft, reason, reference }: OutcomeProps) {
  const words = OUTCOMES[reason];
  return (
    <Layout frame={frame} title={words.title}>
      <DraftTop draft={draft} />
      <h1>{words.title}</h1>
      {words.what.map((sentence) => (
        <p key={sentence}>{sentence}</p>
      ))}
      <h2>Que faire maintenant&nbsp;?</h2>
      <ul>
        {words.next.map((sentence) => (
          <li key={sentence}>{sentence}</li>
        ))}
      </ul>
      <div className="actions">
        {words.again && (
          <a className="fr-btn" href={draft.paths.agreement}>
            Recommencer l’identification
          </a>
        )}
        {reason === 'terms-changed' && (
          <a className="fr-btn" href={draft.paths.themes}>
            Revoir les thèmes et la durée
          </a>
        )}
        {reason === 'minor' && (
          <a className="fr-btn" href="/mandats">
            Revenir à mes mandats
          </a>
        )}
      </div>
      <p className="quiet">
        Référence à donner à l’assistance <span className="unbroken">({frame.operator.phone})</span>&nbsp;:{' '}
        {frame.requestId}
        {reference && <>, FranceConnect {reference}</>}
      </p>
      {reason !== 'minor' && <DraftExits draft={draft} />}
    </Layout>
  );
}
