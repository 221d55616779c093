import type { FieldErrors } from '#platform/http/form.ts';
import type { Frame } from '#platform/http/frame.ts';
import { ErrorSummary, Field, Form, RadioGroup, Submit } from '../../layout/form.tsx';
import { Layout } from '../../layout/layout.tsx';
import { BackLink } from '../../layout/parts.tsx';
import { frenchSpaces } from '../../layout/spaces.tsx';

export type GatherProps = {
  frame: Frame;
  action: string;
  /** What is put in a case, in words, and how many entries that is. */
  what: string;
  entries: number;
  cases: readonly { id: string; label: string }[];
  /** A complaint has one case, its own. */
  onlyNew: boolean;
  /** A new case keeps the mandate from being erased. */
  aboutMandate: boolean;
  values: { into: string; subject: string };
  errors: FieldErrors;
};

/** Into a new case, or one that waits for its decision. */
export function GatherPage(props: GatherProps) {
  const { frame, action, what, entries, cases, onlyNew, aboutMandate, values, errors } = props;
  const title = onlyNew ? 'Ouvrir un dossier de contrôle' : 'Ajouter à un dossier de contrôle';
  const options = [
    { value: 'nouveau', label: 'Un nouveau dossier de contrôle' },
    ...cases.map(({ id, label }) => ({ value: id, label: frenchSpaces(label) })),
  ];
  const choose = !onlyNew && cases.length > 0;
  return (
    <Layout frame={frame} title={title} error={Object.keys(errors).length > 0}>
      <BackLink href="/auditeur/dossiers">Vos dossiers de contrôle</BackLink>
      <h1>{title}</h1>
      <p className="lead">
        Vous y mettez {what} ({entries}&nbsp;entrée{entries > 1 ? 's' : ''} du journal).
      </p>
      <p>Chaque geste sur un dossier de contrôle est écrit au journal, avec votre identifiant d’auditeur.</p>
      {aboutMandate && (
        <p>Un nouveau dossier de contrôle gèle ce mandat&nbsp;: rien n’en est effacé jusqu’à la décision.</p>
      )}
      <ErrorSummary errors={errors} />
      <Form frame={frame} action={action}>
        {choose ? (
          <RadioGroup
            name="into"
            label={'Dans quel dossier de contrôle\u00a0?'}
            options={options}
            value={values.into}
            error={errors.into}
          />
        ) : (
          <input type="hidden" name="into" value="nouveau" />
        )}
        <Field
          name="subject"
          label={choose ? 'Objet, si le dossier de contrôle est nouveau' : 'Objet du dossier de contrôle'}
          hint="En une ligne. Il est gardé chiffré. N’y mettez pas de nom si vous pouvez vous en passer."
          value={values.subject}
          error={errors.subject}
          maxLength={160}
          required={choose ? 'conditional' : true}
        />
        <Submit>{choose ? 'Ajouter' : 'Ouvrir le dossier de contrôle'}</Submit>
      </Form>
    </Layout>
  );
}
