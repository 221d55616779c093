import type { FieldErrors } from '#platform/http/form.ts';
import type { Frame } from '#platform/http/frame.ts';
import { ErrorSummary, Form, Submit, TextArea } from '../../layout/form.tsx';
import { Layout } from '../../layout/layout.tsx';
import { BackLink, Notice, SummaryList, When } from '../../layout/parts.tsx';

type AskProps = {
  frame: Frame;
  action: string;
  /** What the person was met in, posted back as it came. */
  met: { name: 'mandat' | 'entree'; value: string };
  person: string;
  place: string;
  mandateNumber: string | null;
  back: { href: string; label: string };
  /** Why nothing can be asked now. */
  hindrance?: { text: string; href: string; label: string } | undefined;
  /** When it lapses, sent now. */
  lapsesAt: { iso: string; words: string };
  /** Nobody else may answer. */
  alone: boolean;
  motive?: string | undefined;
  errors?: FieldErrors | undefined;
};

/** One auditor asks; nothing is shown until another agrees. */
export function AskPage({ frame, action, met, hindrance, lapsesAt, alone, motive, errors, back, ...about }: AskProps) {
  return (
    <Layout frame={frame} title="Demander à voir une identité" error={errors !== undefined}>
      <BackLink href={back.href}>{back.label}</BackLink>
      <h1>Demander à voir une identité</h1>
      <ErrorSummary errors={errors} />
      <MetSummary {...about} />
      {hindrance ? (
        <Notice severity="warning" title="Rien à demander">
          <p>{hindrance.text}</p>
          <p>
            <a href={hindrance.href}>{hindrance.label}</a>
          </p>
        </Notice>
      ) : (
        <>
          <p>
            Un autre auditeur lira votre motif, puis acceptera ou refusera. S’il accepte, vous verrez cette identité
            pendant 7&nbsp;jours à partir de sa réponse, vous seul. Envoyée maintenant, et sans réponse, la demande
            prend fin le <When iso={lapsesAt.iso}>{lapsesAt.words}</When>.
          </p>
          {alone ? (
            <Notice severity="warning" title="Personne ne peut répondre">
              Aucun autre auditeur n’a ce département. Prévenez le responsable du service avant de demander.
            </Notice>
          ) : (
            <p>
              Les auditeurs qui peuvent répondre reçoivent un e-mail, sans nom ni motif. La réponse vous est annoncée
              par e-mail.
            </p>
          )}
          <Form frame={frame} action={action}>
            <input type="hidden" name={met.name} value={met.value} />
            <TextArea
              name="motive"
              label="Pourquoi devez-vous savoir qui est cette personne&nbsp;?"
              hint="Une phrase ou deux. Le motif est gardé chiffré. Son empreinte va au journal."
              maxLength={500}
              value={motive}
              error={errors?.motive}
            />
            <div className="actions">
              <Submit>Demander</Submit>
              <a href={back.href}>Renoncer</a>
            </div>
          </Form>
        </>
      )}
    </Layout>
  );
}

/** The masked person, and where they were met. */
export function MetSummary({
  person,
  place,
  mandateNumber,
  mandateHref,
}: {
  person: string;
  place: string;
  mandateNumber: string | null;
  mandateHref?: string | undefined;
}) {
  const number = mandateNumber && (mandateNumber.match(/.{1,4}/g) ?? []).join(' ');
  return (
    <SummaryList
      rows={[
        { term: 'Personne', value: person },
        { term: 'Structure', value: place },
        ...(number ? [{ term: 'Mandat', value: mandateHref ? <a href={mandateHref}>{number}</a> : number }] : []),
      ]}
    />
  );
}
