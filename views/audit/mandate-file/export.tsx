import type { FieldErrors } from '#platform/http/form.ts';
import type { Frame } from '#platform/http/frame.ts';
import { ErrorSummary, Form, Submit, TextArea } from '../../layout/form.tsx';
import { Layout } from '../../layout/layout.tsx';
import { BackLink, TitleNumber } from '../../layout/parts.tsx';

const KEPT = 'Le point de contrôle que vous avez gardé';
const HINT = (
  <>
    Collez ici tout le texte du fichier «&nbsp;checkpoint&nbsp;» de votre dernier export. Le nouvel export montrera que
    le journal commence toujours par celui que vous aviez&nbsp;: donnez le même texte au programme, avec{' '}
    <code className="unbroken">--previous</code>.
  </>
);

/** What will be in the file, then the button: a POST, since each copy is written in the journal. */
export function ExportPage({
  frame,
  what,
  number,
  back,
  action,
  contents,
  withIdentity,
  kept,
  errors,
}: {
  frame: Frame;
  /** What is exported, and its number: together the title. */
  what: string;
  number: string;
  back: { href: string; label: string };
  action: string;
  contents: string;
  withIdentity: boolean;
  /** Of each log that the copy is of, the checkpoint that the auditor kept, as it was pasted. */
  kept: readonly { name: string; log: 'actes' | 'acces'; value: string }[];
  errors: FieldErrors;
}) {
  return (
    <Layout frame={frame} title={`${what} ${number}`} error={Object.keys(errors).length > 0}>
      <BackLink href={back.href}>{back.label}</BackLink>
      <h1>
        {what} <TitleNumber number={number} />
      </h1>
      <ErrorSummary errors={errors} />
      <p>{contents}</p>
      <p>
        {withIdentity
          ? 'L’identité de la personne vous est ouverte\u00a0: les pièces signées par FranceConnect, qui la nomment, sont dans le fichier. Gardez-le comme une pièce d’enquête.'
          : 'L’identité de la personne ne vous est pas ouverte\u00a0: les pièces signées par FranceConnect, qui la nomment, ne sont pas dans le fichier. La preuve du consentement s’y vérifie par ses empreintes seulement.'}
      </p>
      <p>
        L’empreinte du fichier est écrite au journal&nbsp;: une copie pourra lui être comparée. Tout se vérifie sans
        nous, avec le programme <code>journal-verify.mjs</code> et la politique publiée à l’adresse{' '}
        <code>/journal/policy.txt</code>.
      </p>
      <Form frame={frame} action={action}>
        {kept.map(({ name, log, value }) => (
          <TextArea
            key={name}
            name={name}
            label={kept.length > 1 ? `${KEPT} du journal «\u00a0${log}\u00a0»` : KEPT}
            hint={HINT}
            value={value}
            error={errors[name]}
            maxLength={20_000}
            required={false}
            rows={7}
          />
        ))}
        <Submit>Exporter</Submit>
      </Form>
    </Layout>
  );
}
