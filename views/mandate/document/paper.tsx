import type { FieldErrors } from '#platform/http/form.ts';
import type { Frame } from '#platform/http/frame.ts';
import { ErrorSummary, Field, Form, RadioGroup, Submit } from '../../layout/form.tsx';
import { Layout } from '../../layout/layout.tsx';
import { BackLink } from '../../layout/parts.tsx';

export type PaperProps = {
  frame: Frame;
  action: string;
  person: string;
  startedAt: string;
  /** What was noted already: it is noted once. */
  recorded: string | null;
  documentHref: string;
  usagerHref: string;
  reasons: readonly { value: string; label: string }[];
  values: { paper: string; reason: string; note: string };
  errors?: FieldErrors | undefined;
};

export function PaperPage(props: PaperProps) {
  const { frame, person, recorded, errors } = props;
  return (
    <Layout frame={frame} title={`Papier du mandat de ${person}`} error={errors !== undefined}>
      <BackLink href={props.usagerHref}>{person}</BackLink>
      <h1>Le papier signé</h1>
      <p>
        Mandat de {person}, commencé le {props.startedAt}. <a href={props.documentHref}>Voir le document</a>
      </p>
      {recorded ? <p className="lead">C’est déjà noté. {recorded}.</p> : <PaperForm {...props} />}
    </Layout>
  );
}

function PaperForm({ frame, action, reasons, values, errors, usagerHref }: PaperProps) {
  return (
    <>
      <ErrorSummary errors={errors} />
      <Form frame={frame} action={action}>
        <RadioGroup
          name="paper"
          label={'Le mandat est-il signé sur papier\u00a0?'}
          options={[
            { value: 'signed', label: 'Oui, signé par la personne et par l’aidant, un exemplaire remis à la personne' },
            { value: 'none', label: 'Non, il n’y a pas de papier signé' },
          ]}
          value={values.paper}
          error={errors?.paper}
        />
        <RadioGroup
          name="reason"
          label={'Si non, pourquoi\u00a0?'}
          options={reasons}
          value={values.reason}
          error={errors?.reason}
          required={false}
        />
        <Field
          name="note"
          label={'Si c’est une autre raison, laquelle\u00a0?'}
          hint="200 caractères au plus. Rien sur la santé de la personne."
          value={values.note}
          error={errors?.note}
          maxLength={200}
          required="conditional"
        />
        <p>Ce que vous notez ici ne se change plus.</p>
        <div className="actions">
          <Submit>Noter</Submit>
          <a href={usagerHref}>Plus tard</a>
        </div>
      </Form>
    </>
  );
}
