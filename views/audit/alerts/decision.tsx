import { Checkbox, Form, RadioGroup, Submit, TextArea } from '../../layout/form.tsx';
import { SummaryList, When } from '../../layout/parts.tsx';
import type { AlertProps } from './alert.tsx';

/** What was decided, or the form to decide: a person's words, once. */
export function Decision(props: AlertProps) {
  const { decided, caseHref } = props;
  if (!decided) return <DecisionForm {...props} />;
  return (
    <>
      <h2>La décision</h2>
      <SummaryList
        rows={[
          { term: 'Décision', value: <strong>{decided.label}</strong> },
          { term: 'Pourquoi', value: <span className="written-text">{decided.reasons}</span> },
          { term: 'Par', value: decided.by },
          { term: 'Le', value: <When iso={decided.at.iso}>{decided.at.words}</When> },
          {
            term: 'Gardée',
            value: (
              <>
                Jusqu’au <When iso={decided.until.iso}>{decided.until.words}</When>. Elle est ensuite effacée, sauf si
                un gel l’interdit.
              </>
            ),
          },
        ]}
      />
      {caseHref && (
        <p>
          <a href={caseHref}>Mettre ces entrées dans un dossier de contrôle</a>
        </p>
      )}
    </>
  );
}

function DecisionForm({ frame, action, choices, values, caseHref, errors }: AlertProps) {
  return (
    <div className="site-main__column">
      <h2 id="votre-decision" tabIndex={-1}>
        Votre décision
      </h2>
      <p>
        Une alerte se décide une fois. La décision est écrite au journal. Elle ne suffit à aucune sanction&nbsp;: avant
        d’aller plus loin, l’aidant concerné est entendu.
      </p>
      <Form frame={frame} action={action}>
        <RadioGroup
          name="decision"
          label="Que décidez-vous&nbsp;?"
          options={choices.map(({ value, label }) => ({ value, label, hint: HINTS[value] }))}
          value={values.decision}
          error={errors?.decision}
        />
        <TextArea
          name="reasons"
          label={'Pourquoi\u00a0?'}
          hint="Gardé chiffré, lu par les auditeurs de ce département. Le journal n’en garde que l’empreinte."
          maxLength={8000}
          rows={6}
          value={values.reasons}
          error={errors?.reasons}
        />
        {caseHref && (
          <Checkbox
            name="openCase"
            label="Si c’est à suivre, ouvrir un dossier de contrôle avec ces entrées"
            checked={values.openCase}
          />
        )}
        <div className="actions">
          <Submit>Écrire la décision</Submit>
          <a href="/auditeur/alertes">Pas maintenant</a>
        </div>
      </Form>
    </div>
  );
}

const HINTS: Readonly<Record<string, string>> = {
  normal: 'Ce qui a été vu s’explique.',
  'to-follow': 'Il faut en savoir plus.',
  reported: 'Transmis à la structure, à l’exploitant ou à l’autorité compétente.',
};
