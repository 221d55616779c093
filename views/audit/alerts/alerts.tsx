import type { FieldErrors } from '#platform/http/form.ts';
import type { Frame } from '#platform/http/frame.ts';
import { ErrorSummary } from '../../layout/form.tsx';
import { Layout } from '../../layout/layout.tsx';
import { EmptyState, When } from '../../layout/parts.tsx';
import { PagesNav } from '../../mandate/follow/pages-nav.tsx';
import type { Choice } from '../search/select.tsx';
import { AlertFilters } from './alert-filters.tsx';

type Moment = { iso: string; words: string };

export type AlertLine = {
  id: string;
  href: string;
  rule: string;
  urgent: boolean;
  explanation: string;
  raisedAt: Moment;
  place: string;
  decision: string | null;
};

type Results = { alerts: readonly AlertLine[]; previousHref: string | null; nextHref: string | null };

export type AlertsProps = {
  frame: Frame;
  errors: FieldErrors;
  values: { state: 'open' | 'decided'; rule: string; structure: string; from: string; to: string };
  rules: readonly Choice[];
  tabs: { open: string; decided: string };
  scope: string;
  /** Null when a filter does not hold. */
  results: Results | null;
};

/** Alerts to decide about, or decided. Nobody is counted, ranked or named here. */
export function AlertsPage(props: AlertsProps) {
  const { frame, errors, values, tabs, scope, results } = props;
  const decided = values.state === 'decided';
  return (
    <Layout frame={frame} title={decided ? 'Alertes décidées' : 'Alertes à examiner'} wide error={hasErrors(errors)}>
      <h1>{decided ? 'Alertes décidées' : 'Alertes à examiner'}</h1>
      <p className="lead">
        Une alerte dit ce qu’une règle a vu dans le journal. Elle n’accuse personne&nbsp;: vous regardez, puis vous
        décidez. {scope}.
      </p>
      <p>
        <a href="/auditeur/alertes/regles">Quelles règles existent, et ce que leurs alertes sont devenues</a>
      </p>
      <nav className="alert-tabs" aria-label="Alertes">
        <a href={tabs.open} aria-current={decided ? undefined : 'page'}>
          À examiner
        </a>
        <a href={tabs.decided} aria-current={decided ? 'page' : undefined}>
          Décidées
        </a>
      </nav>
      <ErrorSummary errors={errors} />
      <AlertFilters {...props} />
      {results && <Found results={results} decided={decided} />}
    </Layout>
  );
}

const hasErrors = (errors: FieldErrors) => Object.keys(errors).length > 0;

function Found({ results: { alerts, previousHref, nextHref }, decided }: { results: Results; decided: boolean }) {
  return (
    <>
      <h2 className="fr-sr-only">Les alertes trouvées</h2>
      {alerts.length === 0 ? (
        <EmptyState title={decided ? 'Aucune alerte décidée ne correspond.' : 'Rien à examiner.'} />
      ) : (
        <ol className="alert-list" aria-label="Alertes, les plus récentes d’abord">
          {alerts.map((alert) => (
            <AlertItem key={alert.id} alert={alert} />
          ))}
        </ol>
      )}
      <PagesNav
        label="Pages des alertes"
        previousHref={previousHref}
        nextHref={nextHref}
        previous="Plus récentes"
        next="Plus anciennes"
      />
    </>
  );
}

function AlertItem({ alert: { href, rule, urgent, explanation, raisedAt, place, decision } }: { alert: AlertLine }) {
  return (
    <li className={urgent ? 'alert-item alert-item--urgent' : 'alert-item'}>
      <p className="alert-item__rule">
        {urgent && <strong>Défaut à traiter d’abord. </strong>}
        {rule}
      </p>
      <p>
        <a href={href}>{explanation}</a>
      </p>
      <p className="quiet">
        {place}. Levée le <When iso={raisedAt.iso}>{raisedAt.words}</When>.
        {decision && <> Décision&nbsp;: {decision}.</>}
      </p>
    </li>
  );
}
