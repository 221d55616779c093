import { When } from '../../layout/parts.tsx';
import { StateBadge, type StateName } from '../entry/state-badge.tsx';

/** One entry as a line of a list. */
export type EntryRow = {
  id: string;
  href: string;
  /** From the leaf. */
  sentence: string;
  when: { iso: string; text: string };
  /** Of which the act is dated, when it was written at another time. */
  dated: { iso: string; text: string } | null;
  state: StateName;
  structure: string | null;
  aidant: string | null;
  auditor: string | null;
  /** Masked. */
  person: string | null;
  mandate: { href: string | null; label: string } | null;
  /** What an auditor must know before believing the line. */
  warning: string | null;
};

/** Newest first. The sentence leads to the entry; what is under it says where, who, for whom. */
export function EntryList({ entries, label }: { entries: readonly EntryRow[]; label: string }) {
  return (
    <ol className="entry-list" aria-label={label}>
      {entries.map((entry) => (
        <li key={entry.id} className="entry-row">
          <p className="entry-row__when">
            <When iso={entry.when.iso}>{entry.when.text}</When> <StateBadge state={entry.state} />
          </p>
          <div>
            <p className="entry-row__sentence">
              <a href={entry.href}>{entry.sentence}</a>
            </p>
            {entry.warning && <p className="entry-row__warning">{entry.warning}</p>}
            <Facts entry={entry} />
          </div>
        </li>
      ))}
    </ol>
  );
}

function Facts({ entry: { dated, structure, aidant, auditor, person, mandate } }: { entry: EntryRow }) {
  const facts = [
    structure && { term: 'Structure', value: structure },
    aidant && { term: 'Aidant', value: aidant },
    auditor && { term: 'Auditeur', value: auditor },
    person && { term: auditor ? 'À propos de' : 'Pour', value: person },
  ].filter((fact) => fact !== null && fact !== '');
  if (facts.length === 0 && !mandate && !dated) return null;
  return (
    <dl className="entry-row__facts">
      {dated && (
        <div>
          <dt>Daté du</dt>{' '}
          <dd>
            <When iso={dated.iso}>{dated.text}</When>
          </dd>
        </div>
      )}
      {facts.map(({ term, value }) => (
        <div key={term}>
          <dt>{term}</dt> <dd>{value}</dd>
        </div>
      ))}
      {mandate && (
        <div>
          <dt>{mandate.href ? 'Mandat' : 'Préparation'}</dt>{' '}
          <dd>{mandate.href ? <a href={mandate.href}>{mandate.label}</a> : mandate.label}</dd>
        </div>
      )}
    </dl>
  );
}
