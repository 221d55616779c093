export type RuleLine = {
  code: string;
  title: string;
  looksFor: string;
  why: string;
  doesNotMean: string;
  active: boolean;
  /** On or off, since when and why. */
  standing: string;
  /** What its alerts turned out to be; for auditors alone. */
  outcome?: string;
};

/** Rules in plain words, one after the other. */
export function RuleList({ rules }: { rules: readonly RuleLine[] }) {
  return rules.map(({ code, title, looksFor, why, doesNotMean, standing, outcome }) => (
    <section key={code} className="control-rule" aria-labelledby={`regle-${code}`}>
      <h3 id={`regle-${code}`}>
        {title} <span className="control-rule__code">{code}</span>
      </h3>
      <p>{looksFor}</p>
      <dl>
        <div>
          <dt>Pourquoi</dt>
          <dd>{why}</dd>
        </div>
        <div>
          <dt>Ce qu’une alerte ne veut pas dire</dt>
          <dd>{doesNotMean}</dd>
        </div>
        <div>
          <dt>État</dt>
          <dd>{standing}</dd>
        </div>
        {outcome && (
          <div>
            <dt>Ce que ses alertes sont devenues</dt>
            <dd>{outcome}</dd>
          </div>
        )}
      </dl>
    </section>
  ));
}
