import type { Frame } from '#platform/http/frame.ts';

/** How the journal stands, on every page of an auditor: what is wrong first, in red. */
export function JournalStatus({ frame: { journal } }: { frame: Frame }) {
  if (!journal) return null;
  const { alarms, logs } = journal;
  return (
    <section className="journal-status" aria-label="État du journal">
      <div className="frame">
        {alarms.length > 0 && (
          <div className="journal-status__alarms">
            <p>
              <strong>
                {alarms.length === 1
                  ? 'Attention, le journal a un problème.'
                  : `Attention, le journal a ${alarms.length}\u00a0problèmes.`}
              </strong>
            </p>
            <ul>
              {alarms.map(({ title, meaning }) => (
                <li key={title}>
                  <strong>{title}</strong> {meaning}
                </li>
              ))}
            </ul>
          </div>
        )}
        <ul className="journal-status__logs">
          {logs.map(({ name, facts }) => (
            <li key={name}>
              <strong>{name}&nbsp;:</strong>{' '}
              {facts.map((fact) => (
                <span key={fact}>{fact}. </span>
              ))}
            </li>
          ))}
        </ul>
      </div>
    </section>
  );
}
