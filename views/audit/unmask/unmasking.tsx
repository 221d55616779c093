import type { ReactNode } from 'react';
import type { FieldErrors } from '#platform/http/form.ts';
import type { Frame } from '#platform/http/frame.ts';
import { CodeField, ErrorSummary, Form, RadioGroup, Submit, TextArea } from '../../layout/form.tsx';
import { Layout } from '../../layout/layout.tsx';
import { BackLink, Notice, SummaryList, When } from '../../layout/parts.tsx';
import { MetSummary } from './ask.tsx';

type Moment = { iso: string; words: string };

export type UnmaskingProps = {
  frame: Frame;
  action: string;
  person: string;
  place: string;
  mandateNumber: string | null;
  mandateHref: string | undefined;
  motive: string;
  asker: string;
  askedAt: Moment;
  lapsesAt: Moment;
  state: 'waiting' | 'lapsed' | 'open' | 'over' | 'refused';
  answer: { by: string; at: Moment; openUntil: Moment | null; reason: string | null } | null;
  /** Where the identity is shown, for the auditor it is open to. */
  identityHref: string | null;
  /** True for a second auditor, while the request waits. */
  mayAnswer: boolean;
  /** Until when the identity would be open, accepted now. */
  acceptedNow: Moment;
  values: { answer: string; reason: string };
  errors?: FieldErrors | undefined;
};

/** A request: what was asked and why, where it stands, and the answer to give. */
export function UnmaskingPage(props: UnmaskingProps) {
  const { frame, person, place, mandateNumber, mandateHref, errors } = props;
  return (
    <Layout frame={frame} title={`Demande d’identité, ${person}`} error={errors !== undefined}>
      <BackLink href="/auditeur/identites">Identités</BackLink>
      <h1>Demande d’identité</h1>
      <ErrorSummary errors={errors} />
      <MetSummary {...{ person, place, mandateNumber, mandateHref }} />
      <h2>La demande</h2>
      <SummaryList rows={[{ term: 'Motif', value: props.motive }, ...askedRows(props)]} />
      <Standing {...props} />
      {props.mayAnswer && <AnswerForm {...props} />}
    </Layout>
  );
}

function askedRows({ asker, askedAt, answer }: UnmaskingProps): { term: string; value: ReactNode }[] {
  const rows: { term: string; value: ReactNode }[] = [
    { term: 'Demandée par', value: asker },
    { term: 'Demandée le', value: <Hour moment={askedAt} /> },
  ];
  if (!answer) return rows;
  const said = answer.openUntil ? 'Acceptée par' : 'Refusée par';
  const told = [...rows, { term: said, value: answer.by }, { term: 'Réponse le', value: <Hour moment={answer.at} /> }];
  return answer.reason ? [...told, { term: 'Raison du refus', value: answer.reason }] : told;
}

function Hour({ moment }: { moment: Moment }) {
  return <When iso={moment.iso}>{moment.words}</When>;
}

function Standing({ state, lapsesAt, answer, identityHref }: UnmaskingProps) {
  if (state === 'open' && answer?.openUntil) {
    return (
      <Notice severity="success" title="Identité ouverte">
        <p>
          Jusqu’au <Hour moment={answer.openUntil} />, pour l’auditeur qui l’a demandée, lui seul.
        </p>
        {identityHref && (
          <p>
            <a href={identityHref}>Voir qui est cette personne</a> (chaque affichage est écrit au journal)
          </p>
        )}
      </Notice>
    );
  }
  if (state === 'over' && answer?.openUntil) {
    return (
      <Notice title="Identité de nouveau masquée">
        <p>
          Elle était ouverte jusqu’au <Hour moment={answer.openUntil} />.
        </p>
      </Notice>
    );
  }
  if (state === 'refused')
    return (
      <Notice severity="warning" title="Demande refusée">
        L’identité reste masquée.
      </Notice>
    );
  if (state === 'lapsed')
    return (
      <Notice severity="warning" title="Demande tombée">
        Personne n’a répondu avant le <Hour moment={lapsesAt} />. Vous pouvez demander à nouveau.
      </Notice>
    );
  return (
    <Notice title="En attente d’un second auditeur">
      Sans réponse avant le <Hour moment={lapsesAt} />, la demande prend fin d’elle-même.
    </Notice>
  );
}

function AnswerForm({ frame, action, asker, acceptedNow, values, errors }: UnmaskingProps) {
  return (
    <>
      <h2>Votre réponse</h2>
      <p>
        Vous engagez votre nom. Si vous acceptez, {asker} verra l’identité de cette personne pendant 7&nbsp;jours&nbsp;:
        si vous répondez maintenant, jusqu’au <Hour moment={acceptedNow} />. Vous ne la verrez pas vous-même.
      </p>
      <Form frame={frame} action={action}>
        <RadioGroup
          name="answer"
          label="Que répondez-vous&nbsp;?"
          options={[
            { value: 'granted', label: 'J’accepte', hint: 'Le motif est clair, et l’identité est nécessaire.' },
            { value: 'refused', label: 'Je refuse' },
          ]}
          value={values.answer}
          error={errors?.answer}
        />
        <TextArea
          name="reason"
          label={'Si vous refusez, pourquoi\u00a0?'}
          hint="L’auditeur qui a demandé lira cette raison."
          maxLength={500}
          required="conditional"
          value={values.reason}
          error={errors?.reason}
          rows={3}
        />
        <CodeField error={errors?.code} />
        <div className="actions">
          <Submit>Répondre</Submit>
          <a href="/auditeur/identites">Ne pas répondre maintenant</a>
        </div>
      </Form>
    </>
  );
}
