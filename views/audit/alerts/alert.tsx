import type { FieldErrors } from '#platform/http/form.ts';
import type { Frame } from '#platform/http/frame.ts';
import { ErrorSummary } from '../../layout/form.tsx';
import { Layout } from '../../layout/layout.tsx';
import { BackLink, Notice, SummaryList, When } from '../../layout/parts.tsx';
import { EntryList, type EntryRow } from '../search/entry-list.tsx';
import { Decision } from './decision.tsx';

type Moment = { iso: string; words: string };

export type AlertProps = {
  frame: Frame;
  action: string;
  title: string;
  urgent: boolean;
  explanation: string;
  place: string;
  raisedAt: Moment;
  /** Null for a rule that the program no longer has. */
  looksFor: string | null;
  doesNotMean: string | null;
  entries: readonly EntryRow[];
  /** How many of its entries are not shown: too many, erased, or of another département. */
  hidden: number;
  decided: { label: string; reasons: string; by: string; at: Moment; until: Moment } | null | undefined | '';
  /** Where its entries are put in a case. */
  caseHref: string | null;
  choices: readonly { value: string; label: string }[];
  values: { decision: string; reasons: string; openCase: boolean };
  /** What this auditor wrote, when another had just decided. */
  late: string | null;
  errors?: FieldErrors | undefined;
};

/** One alert: what was seen, on what it rests, what it does not mean, and what a person decides. */
export function AlertPage(props: AlertProps) {
  const { frame, title, urgent, explanation, place, raisedAt, looksFor, doesNotMean, late, errors } = props;
  return (
    <Layout frame={frame} title={`Alerte ${title}`} wide error={errors !== undefined}>
      <BackLink href="/auditeur/alertes">Alertes</BackLink>
      <h1>Alerte {title}</h1>
      <ErrorSummary errors={errors} />
      {late !== null && (
        <Notice severity="warning" title="Votre décision n’a pas été enregistrée">
          <p>Un autre auditeur venait de décider. Voici ce que vous aviez écrit&nbsp;:</p>
          <p className="written-text">{late}</p>
        </Notice>
      )}
      {urgent && (
        <Notice severity="error" title="Défaut du service ou du journal">
          <p>À traiter avant les autres alertes, et à dire à l’exploitant.</p>
        </Notice>
      )}
      <h2>Ce qui a été vu</h2>
      <p className="lead">{explanation}</p>
      <SummaryList
        rows={[
          { term: 'Où', value: place },
          { term: 'Alerte levée', value: <When iso={raisedAt.iso}>{raisedAt.words}</When> },
          ...(looksFor ? [{ term: 'Ce que cherche la règle', value: looksFor }] : []),
        ]}
      />
      {doesNotMean && (
        <Notice title="Ce que cette alerte ne veut pas dire">
          <p>{doesNotMean}</p>
        </Notice>
      )}
      {!props.decided && props.entries.length > 3 && (
        <p>
          <a href="#votre-decision">Aller à votre décision</a>
        </p>
      )}
      <Entries {...props} />
      <Decision {...props} />
    </Layout>
  );
}

function Entries({ entries, hidden }: AlertProps) {
  return (
    <>
      <h2>Les entrées du journal</h2>
      {entries.length > 0 && <EntryList entries={entries} label="Entrées sur lesquelles repose l’alerte" />}
      {hidden > 0 && (
        <p className="quiet">
          {hidden === 1
            ? 'Une autre entrée n’est pas montrée\u00a0: elle est en trop, effacée, ou d’un autre département.'
            : `${hidden} autres entrées ne sont pas montrées\u00a0: elles sont trop nombreuses, effacées, ou d’un autre département.`}
        </p>
      )}
      {entries.length === 0 && hidden === 0 && (
        <p>Cette alerte ne repose sur aucune entrée&nbsp;: elle vient d’un contrôle du journal lui-même.</p>
      )}
    </>
  );
}
