import type { FieldErrors } from '#platform/http/form.ts';
import type { Frame } from '#platform/http/frame.ts';
import { CodeField, ErrorSummary, Form, RadioGroup, Submit } from '../../layout/form.tsx';
import { Layout } from '../../layout/layout.tsx';
import { BackLink, Notice, SummaryList, When } from '../../layout/parts.tsx';
import { MetSummary } from '../unmask/ask.tsx';

type Moment = { iso: string; words: string };

type ComplaintProps = {
  frame: Frame;
  action: string;
  person: string;
  place: string;
  mandateNumber: string;
  mandateHref: string;
  says: string;
  channel: string;
  receivedAt: Moment;
  closed: { at: Moment; answer: string } | null;
  identityHref: string | null;
  /** Where a case is opened for this complaint, or the one it has. */
  caseHref: string;
  answer: string;
  errors?: FieldErrors | undefined;
};

/** A complaint, for the auditor who has to answer it. */
export function ComplaintPage(props: ComplaintProps) {
  const { frame, person, place, mandateNumber, mandateHref, closed, identityHref, caseHref, errors } = props;
  return (
    <Layout frame={frame} title={`Réclamation, ${person}`} error={errors !== undefined}>
      <BackLink href="/auditeur/identites">Identités</BackLink>
      <h1>Réclamation</h1>
      <ErrorSummary errors={errors} />
      <MetSummary {...{ person, place, mandateNumber, mandateHref }} />
      <h2>Ce que dit la personne</h2>
      <SummaryList
        rows={[
          { term: 'La personne dit', value: `«\u00a0${props.says}\u00a0»` },
          { term: 'Reçue', value: props.channel },
          { term: 'Reçue le', value: <When iso={props.receivedAt.iso}>{props.receivedAt.words}</When> },
        ]}
      />
      <p>
        <a href={caseHref}>Dossier de contrôle de cette réclamation</a>&nbsp;: les entrées, vos notes, votre décision,
        la lettre de réponse.
      </p>
      {closed ? (
        <Notice severity="success" title="Réclamation close">
          <p>
            Le <When iso={closed.at.iso}>{closed.at.words}</When>&nbsp;: {closed.answer}. L’identité de la personne est
            de nouveau masquée pour vous.
          </p>
        </Notice>
      ) : (
        <>
          <Notice title="L’identité de cette personne vous est ouverte">
            <p>À vous seul, jusqu’à ce que la réclamation soit close.</p>
            {identityHref && (
              <p>
                <a href={identityHref}>Voir qui est cette personne</a> (chaque affichage est écrit au journal)
              </p>
            )}
          </Notice>
          <CloseForm {...props} />
        </>
      )}
    </Layout>
  );
}

function CloseForm({ frame, action, answer, errors }: ComplaintProps) {
  return (
    <>
      <h2>Clore la réclamation</h2>
      <p>Une fois la réponse envoyée à la personne. C’est définitif.</p>
      <Form frame={frame} action={action}>
        <RadioGroup
          name="answer"
          label="Quelle réponse la personne a-t-elle reçue&nbsp;?"
          options={[
            { value: 'confirmed', label: 'Le mandat est confirmé' },
            { value: 'contested', label: 'Elle a raison', hint: 'Elle n’a pas donné ce mandat, ou pas ainsi.' },
            { value: 'undecided', label: 'Le contrôle ne permet pas de conclure' },
          ]}
          value={answer}
          error={errors?.answer}
        />
        <CodeField error={errors?.code} />
        <div className="actions">
          <Submit>Clore la réclamation</Submit>
          <a href="/auditeur/identites">Pas maintenant</a>
        </div>
      </Form>
    </>
  );
}
