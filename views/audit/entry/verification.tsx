import { asset } from '../../layout/assets.ts';
import { BreakableNames } from '../../layout/spaces.tsx';

export type CheckLine = { name: string; verdict: 'pass' | 'fail' | 'absent'; title: string; detail: string };

const WORDS: Readonly<Record<CheckLine['verdict'], string>> = { pass: 'Vrai', fail: 'Faux', absent: 'Rien à vérifier' };

const SUMMARIES: Readonly<Record<CheckLine['verdict'], string>> = {
  pass: 'Tout est vrai, d’après ce serveur.',
  fail: 'Quelque chose est faux\u00a0: gardez cette page et prévenez l’exploitant.',
  absent: 'Rien n’est faux, mais l’entrée n’est pas encore prouvée.',
};

/** The checks as this server made them; the script of the page makes them again and writes its own in their place. */
export function Verification({ verdict, checks }: { verdict: CheckLine['verdict']; checks: readonly CheckLine[] }) {
  return (
    <section
      id="verification"
      className="verification"
      data-verdict={verdict}
      data-by="serveur"
      aria-labelledby="verification-titre"
    >
      <h2 id="verification-titre">Vérification</h2>
      <p role="status" className="verification__summary" data-summary>
        {SUMMARIES[verdict]}
      </p>
      <p data-without-script>
        Votre navigateur n’a rien vérifié lui-même&nbsp;: il lui faudrait JavaScript. Voici ce que ce serveur a vérifié.
        Pour ne pas avoir à le croire, voyez plus bas «&nbsp;Vérifier seul&nbsp;».
      </p>
      <ul className="verification__checks" data-checks>
        {checks.map(({ name, verdict: one, title, detail }) => (
          <li key={name} data-check={name} data-verdict={one}>
            <strong>{WORDS[one]}&nbsp;:</strong>{' '}
            <span>
              <BreakableNames text={title} />
            </span>{' '}
            <p>
              <BreakableNames text={detail} />
            </p>
          </li>
        ))}
      </ul>
      <script type="module" src={asset('verify-entry.js')} />
    </section>
  );
}
