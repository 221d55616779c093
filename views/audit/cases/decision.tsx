import type { FieldErrors } from '#platform/http/form.ts';
import type { Frame } from '#platform/http/frame.ts';
import { ErrorSummary, Form, RadioGroup, Submit } from '../../layout/form.tsx';
import { Layout } from '../../layout/layout.tsx';
import { BackLink, Notice, SummaryList } from '../../layout/parts.tsx';
import { TextArea } from '../../layout/text-area.tsx';
import { type ProofStatement, Statements } from '../mandate-file/proof.tsx';

/** What the file of the mandate says, for who decides. */
export type Elements = {
  mandateHref: string;
  facts: readonly { term: string; value: string }[];
  doubts: readonly string[];
  established: readonly ProofStatement[];
  notProved: readonly ProofStatement[];
};

export type DecisionProps = {
  frame: Frame;
  number: string;
  caseHref: string;
  action: string;
  elements: Elements | null;
  options: readonly { value: string; label: string }[];
  /** The reasons go in the letter to the person. */
  answersComplaint: boolean;
  values: { decision: string; reasons: string };
  errors: FieldErrors;
};

/** The elements, then the question. The page proposes no answer. */
export function DecisionPage(props: DecisionProps) {
  const { frame, number, caseHref, action, elements, options, answersComplaint, values, errors } = props;
  const title = `Décider du dossier de contrôle ${number}`;
  return (
    <Layout frame={frame} title={title} error={Object.keys(errors).length > 0}>
      <BackLink href={caseHref}>Dossier de contrôle {number}</BackLink>
      <h1>{title}</h1>
      <ErrorSummary errors={errors} />
      {elements && <ElementsOf elements={elements} />}
      <h2>Votre décision</h2>
      <p>C’est vous qui décidez. Rien n’est proposé, rien n’est calculé. Une décision ne se change pas.</p>
      <Form frame={frame} action={action}>
        <RadioGroup
          name="decision"
          label="Ce que vous décidez"
          options={options}
          value={values.decision}
          error={errors.decision}
        />
        <TextArea
          name="reasons"
          label={'Pourquoi\u00a0?'}
          hint={
            answersComplaint
              ? 'La personne lira ces phrases dans la lettre de réponse. Écrivez court, sans mot technique.'
              : 'Gardé chiffré. Son empreinte va au journal.'
          }
          value={values.reasons}
          error={errors.reasons}
          maxLength={8000}
          rows={8}
        />
        <Submit>Écrire la décision</Submit>
      </Form>
    </Layout>
  );
}

function ElementsOf({ elements }: { elements: Elements }) {
  const { mandateHref, facts, doubts, established, notProved } = elements;
  return (
    <>
      <h2>Les éléments</h2>
      <p>
        <a href={mandateHref}>Lire tout le dossier du mandat</a>
      </p>
      <SummaryList rows={facts} />
      {doubts.length > 0 && (
        <Notice severity="error" title="Des vérifications ne tiennent pas, ou ne peuvent plus être faites">
          <ul>
            {doubts.map((doubt) => (
              <li key={doubt}>{doubt}</li>
            ))}
          </ul>
        </Notice>
      )}
      <h3>Ce que les preuves établissent</h3>
      {established.length > 0 ? <Statements statements={established} /> : <p>Rien n’est établi.</p>}
      <h3>Ce que ceci ne prouve pas</h3>
      <Statements statements={notProved} />
    </>
  );
}
