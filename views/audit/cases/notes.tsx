import { When } from '../../layout/parts.tsx';
import type { CaseView, NoteView } from './case.tsx';

export function Notes({ notes }: { notes: readonly NoteView[] }) {
  return (
    <section aria-labelledby="notes">
      <h2 id="notes">Notes ({notes.length})</h2>
      <p className="quiet">Une note ne se change pas et ne se retire pas. Le journal s’engage sur son empreinte.</p>
      {notes.map(({ id, author, at, text, hash }) => (
        <article key={id} className="case-note" aria-label={`Note de ${author}, le ${at.words}`}>
          <p className="case-note__head">
            {author}, <When iso={at.iso}>{at.words}</When>
          </p>
          <p className="plain-text">{text}</p>
          <p className="quiet">
            SHA-256&nbsp;: <code className="hash-text">{hash}</code>
          </p>
        </article>
      ))}
    </section>
  );
}

export function Exports({ exports }: { exports: CaseView['exports'] }) {
  if (exports.length === 0) return null;
  return (
    <section aria-labelledby="exports">
      <h2 id="exports">Copies exportées</h2>
      <ul>
        {exports.map(({ id, auditor, at, hash }) => (
          <li key={id}>
            Le {at.words}, par {auditor}. SHA-256&nbsp;: <code className="hash-text">{hash}</code>
          </li>
        ))}
      </ul>
    </section>
  );
}
