import type { FieldErrors } from '#platform/http/form.ts';
import type { Frame } from '#platform/http/frame.ts';
import { ErrorSummary, Field, Form, Submit } from '../../layout/form.tsx';
import { Layout } from '../../layout/layout.tsx';
import { BackLink } from '../../layout/parts.tsx';
import { TextArea } from '../../layout/text-area.tsx';

type Common = { frame: Frame; number: string; caseHref: string; action: string; errors: FieldErrors };

const hasErrors = (errors: FieldErrors) => Object.keys(errors).length > 0;

export function NotePage({ frame, number, caseHref, action, errors, note }: Common & { note: string }) {
  const title = `Écrire une note, dossier de contrôle ${number}`;
  return (
    <Layout frame={frame} title={title} error={hasErrors(errors)}>
      <BackLink href={caseHref}>Dossier de contrôle {number}</BackLink>
      <h1>{title}</h1>
      <ErrorSummary errors={errors} />
      <Form frame={frame} action={action}>
        <TextArea
          name="note"
          label="Note"
          hint="Elle ne pourra être ni changée ni retirée. Elle est gardée chiffrée, et son empreinte va au journal."
          value={note}
          error={errors.note}
          maxLength={8000}
          rows={10}
        />
        <Submit>Écrire la note</Submit>
      </Form>
    </Layout>
  );
}

export function SharePage({ frame, number, caseHref, action, errors, email }: Common & { email: string }) {
  const title = `Ouvrir le dossier de contrôle ${number} à un autre auditeur`;
  return (
    <Layout frame={frame} title={title} error={hasErrors(errors)}>
      <BackLink href={caseHref}>Dossier de contrôle {number}</BackLink>
      <h1>{title}</h1>
      <ErrorSummary errors={errors} />
      <p>
        Il pourra lire le dossier de contrôle, y ajouter des entrées et des notes, et décider. Les entrées d’un
        département qui n’est pas le sien lui restent fermées. L’identité de la personne aussi, si elle ne lui est pas
        ouverte.
      </p>
      <Form frame={frame} action={action}>
        <Field
          name="email"
          type="email"
          inputMode="email"
          label="Adresse e-mail de l’auditeur"
          value={email}
          error={errors.email}
          maxLength={254}
        />
        <Submit>L’ouvrir à cet auditeur</Submit>
      </Form>
    </Layout>
  );
}
