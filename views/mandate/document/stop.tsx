import type { FieldErrors } from '#platform/http/form.ts';
import type { Frame } from '#platform/http/frame.ts';
import { ErrorSummary, Field, Form, Submit } from '../../layout/form.tsx';
import { Layout } from '../../layout/layout.tsx';
import { Email, Phone } from '../../layout/parts.tsx';

/** For the person who gave a mandate: two things to copy from their paper. */
export function StopPage({
  frame,
  action,
  number,
  errors,
}: {
  frame: Frame;
  action: string;
  number: string;
  errors?: FieldErrors | undefined;
}) {
  const { operator } = frame;
  return (
    <Layout frame={frame} title="Arrêter un mandat" error={errors !== undefined}>
      <h1>Arrêter un mandat</h1>
      <p className="lead">
        Vous avez donné un mandat. Vous pouvez l’arrêter tout de suite, sans dire pourquoi. C’est gratuit.
      </p>
      <p>Prenez votre papier. Recopiez le numéro et le code d’arrêt.</p>
      <ErrorSummary errors={errors} />
      <Form frame={frame} action={action}>
        <Field
          name="number"
          label="Numéro du mandat"
          hint="16 lettres et chiffres. Les espaces ne comptent pas."
          value={number}
          error={errors?.number}
          maxLength={60}
          className="code-text"
        />
        <Field
          name="stopCode"
          label="Code d’arrêt"
          hint="10 lettres et chiffres. Les espaces ne comptent pas."
          error={errors?.stopCode}
          maxLength={60}
          className="code-text"
        />
        <Submit>Continuer</Submit>
      </Form>
      <h2>Vous n’avez pas le code&nbsp;?</h2>
      <ul>
        <li>Dites à la structure que vous voulez arrêter. Au guichet ou au téléphone, cela suffit.</li>
        <li>
          Ou appelez-nous au <Phone number={operator.phone} />, ou écrivez à <Email address={operator.email} />.
        </li>
      </ul>
    </Layout>
  );
}
