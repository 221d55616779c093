import { Badge } from '@codegouvfr/react-dsfr/Badge';
import type { ConsentCheck, Verdict } from '#consent';

export type ProofStatement = { precise: string; plain: string };

/** Each thing said twice: shortly, then as a judge needs it. */
export function Statements({ statements }: { statements: readonly ProofStatement[] }) {
  return (
    <ul className="proof-list">
      {statements.map(({ plain, precise }) => (
        <li key={precise}>
          <strong>{plain}</strong>
          <br />
          {precise}
        </li>
      ))}
    </ul>
  );
}

const VERDICTS: Readonly<Record<Verdict, { label: string; severity: 'success' | 'error' | 'warning' }>> = {
  pass: { label: 'Tient', severity: 'success' },
  fail: { label: 'Ne tient pas', severity: 'error' },
  unverifiable: { label: 'Non vérifiable', severity: 'warning' },
};

/** What was computed again, one by one, with what was compared. */
export function Checks({ checks }: { checks: readonly ConsentCheck[] }) {
  return (
    <section aria-labelledby="verifications">
      <h2 id="verifications">Les vérifications, une par une</h2>
      <p>
        Elles viennent d’être refaites, à partir des octets gardés. Rien n’est repris d’une vérification plus ancienne.
      </p>
      <ul className="check-list">
        {checks.map(({ name, verdict, detail }) => (
          <li key={name}>
            <p>
              <VerdictBadge verdict={verdict} /> <strong>{name}</strong>
            </p>
            <p className="check-list__detail">{detail}</p>
          </li>
        ))}
      </ul>
    </section>
  );
}

export function VerdictBadge({ verdict }: { verdict: Verdict }) {
  const { label, severity } = VERDICTS[verdict];
  return (
    <Badge severity={severity} small noIcon as="span">
      {label}
    </Badge>
  );
}
