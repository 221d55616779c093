import type { Frame } from '#platform/http/frame.ts';
import { type RuleLine, RuleList } from '../audit/alerts/rule-list.tsx';
import { Layout } from '../layout/layout.tsx';

/** The rules that are on, in full; those that are off, by name. */
export function ControlRulesPage({ frame, rules }: { frame: Frame; rules: readonly RuleLine[] }) {
  const [on, off] = [rules.filter(({ active }) => active), rules.filter(({ active }) => !active)];
  return (
    <Layout frame={frame} title="Règles de contrôle">
      <h1>Règles de contrôle</h1>
      <p className="lead">
        Ce que font les aidants au nom d’autres personnes est inscrit dans un journal. Des règles y cherchent ce qui
        mérite d’être regardé. Les voici toutes.
      </p>
      <ul>
        <li>Une règle lit le journal. Elle ne regarde ni l’écran, ni les sites, ni le contenu des démarches.</li>
        <li>Une alerte n’est pas une accusation, et n’arrête rien&nbsp;: un auditeur la lit, puis décide.</li>
        <li>Sa décision est inscrite au journal. Avant toute suite, l’aidant concerné est entendu.</li>
        <li>Personne n’est classé ni noté, et aucun nombre d’alertes par aidant n’est affiché.</li>
        <li>Ces règles ne servent pas à mesurer le travail.</li>
      </ul>
      <h2>Règles en service</h2>
      <RuleList rules={on} />
      {off.length > 0 && <OffRules rules={off} />}
      <h2>Vos questions</h2>
      <p>
        Pour savoir ce qui est gardé sur vous, ou pour contester une décision&nbsp;:{' '}
        <a href="/donnees-personnelles">Données personnelles</a>.
      </p>
    </Layout>
  );
}

function OffRules({ rules }: { rules: readonly RuleLine[] }) {
  return (
    <>
      <h2>Règles éteintes</h2>
      <p>
        Elles existent dans le logiciel et ne regardent rien. Celles qui portent sur la façon de travailler ne peuvent
        être mises en service qu’après une étude d’impact de l’exploitant. Cette page le dira.
      </p>
      <ul>
        {rules.map(({ code, title, looksFor }) => (
          <li key={code}>
            <strong>{title}</strong> ({code}). {looksFor}
          </li>
        ))}
      </ul>
    </>
  );
}
