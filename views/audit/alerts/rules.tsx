import type { Frame } from '#platform/http/frame.ts';
import { Layout } from '../../layout/layout.tsx';
import { BackLink } from '../../layout/parts.tsx';
import { type RuleLine, RuleList } from './rule-list.tsx';

/** Every rule, on or off, with what its alerts turned out to be. */
export function RulesPage({ frame, rules }: { frame: Frame; rules: readonly RuleLine[] }) {
  const [on, off] = [rules.filter(({ active }) => active), rules.filter(({ active }) => !active)];
  return (
    <Layout frame={frame} title="Règles de contrôle">
      <BackLink href="/auditeur/alertes">Alertes</BackLink>
      <h1>Règles de contrôle</h1>
      <p className="lead">
        Les aidants lisent les mêmes textes&nbsp;: <a href="/regles-de-controle">page publique des règles</a>. Aucune
        règle ne classe ni ne note un aidant.
      </p>
      <p>
        La précision d’une règle est la part de ses alertes décidées qui étaient à suivre ou à signaler. Une règle qui
        se trompe souvent est à corriger, ou à éteindre.
      </p>
      <h2>En service</h2>
      <RuleList rules={on} />
      <h2>Éteintes</h2>
      {off.length > 0 ? <RuleList rules={off} /> : <p>Aucune.</p>}
    </Layout>
  );
}
