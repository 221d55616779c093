import type { FieldErrors } from '#platform/http/form.ts';
import type { Frame } from '#platform/http/frame.ts';
import { ErrorSummary, Field, Form, Submit } from '../../layout/form.tsx';
import { Layout } from '../../layout/layout.tsx';
import { BackLink } from '../../layout/parts.tsx';

export function OwnEmailPage({
  frame,
  action,
  person,
  usagerHref,
  email,
  errors,
}: {
  frame: Frame;
  action: string;
  person: string;
  usagerHref: string;
  email: string;
  errors?: FieldErrors | undefined;
}) {
  return (
    <Layout frame={frame} title={`Adresse e-mail de ${person}`} error={errors !== undefined}>
      <BackLink href={usagerHref}>{person}</BackLink>
      <h1>L’adresse e-mail de la personne</h1>
      <p>
        FranceConnect écrit à cette adresse à chaque connexion faite au nom de la personne. Il faut une adresse qu’elle
        lit elle-même. Jamais la vôtre, ni celle de la structure.
      </p>
      <ErrorSummary errors={errors} />
      <Form frame={frame} action={action}>
        <Field
          name="email"
          type="email"
          inputMode="email"
          label="Adresse e-mail que la personne vous donne"
          value={email}
          error={errors?.email}
          maxLength={254}
        />
        <div className="actions">
          <Submit>Noter cette adresse</Submit>
          <a href={usagerHref}>Ne rien changer</a>
        </div>
      </Form>
    </Layout>
  );
}
