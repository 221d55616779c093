import { Checkbox, CodeField, ErrorSummary, Field, Form, Submit } from '../../layout/form.tsx';
import { Layout } from '../../layout/layout.tsx';
import { Notice } from '../../layout/parts.tsx';
import { DraftExits, DraftTop } from './draft-header.tsx';
import { Changes, Mandate, Person, ReplacedThemes } from './verification-parts.tsx';
import type { VerificationProps } from './verification-props.ts';

export function Verification(props: VerificationProps) {
  const { frame, draft, declarations, values, errors } = props;
  return (
    <Layout frame={frame} title="Vérifier et accepter" error={errors !== undefined}>
      <DraftTop draft={draft} step={3} />
      <h1>Vérifiez, puis acceptez le mandat</h1>
      <ErrorSummary errors={errors} />
      <p className="lead">
        La personne a dit oui et s’est identifiée. Reprenez l’écran. Il manque votre accord, au nom de {draft.structure}
        &nbsp;: le mandat commence quand vous l’acceptez.
      </p>
      <Person {...props} />
      {props.changes && props.changes.length > 0 && <Changes changes={props.changes} />}
      <Mandate {...props} />
      {props.replaced.length > 0 && <ReplacedThemes replaced={props.replaced} />}
      {props.sessionLeftOpen && (
        <Notice severity="warning" title="La session FranceConnect de la personne est peut-être encore ouverte">
          <p>Fermez toutes les fenêtres du navigateur avant de recevoir quelqu’un d’autre.</p>
        </Notice>
      )}
      <Form frame={frame} action={draft.paths.verification}>
        <input type="hidden" name="seen" value={props.seen} />
        <h2>Votre accord</h2>
        {props.email === null && <OwnEmail value={values.ownEmail} error={errors?.ownEmail} />}
        <Checkbox
          name="samePerson"
          label={declarations.samePerson}
          checked={values.samePerson}
          error={errors?.samePerson}
        />
        <Checkbox
          name="notProtected"
          label={declarations.notProtected}
          checked={values.notProtected}
          error={errors?.notProtected}
        />
        <CodeField error={errors?.code} />
        <div className="actions">
          <Submit>Accepter et enregistrer le mandat</Submit>
        </div>
      </Form>
      <p>
        Ce n’est pas cette personne&nbsp;? N’acceptez pas&nbsp;:{' '}
        <a href={draft.paths.abandon}>abandonnez cette préparation</a>.
      </p>
      <DraftExits draft={draft} without={false} />
    </Layout>
  );
}

function OwnEmail({ value, error }: { value: string; error?: string | undefined }) {
  return (
    <>
      <Notice severity="warning" title="La personne n’a pas d’adresse e-mail chez FranceConnect">
        <p>
          Le mandat est possible. Mais FranceConnect refusera de vous connecter en son nom tant qu’elle n’a pas
          d’adresse à elle. Si elle en a une, qu’elle lit elle-même, écrivez-la ici. Sinon, laissez vide&nbsp;: ce
          manque sera écrit dans le mandat.
        </p>
      </Notice>
      <Field
        name="ownEmail"
        type="email"
        inputMode="email"
        required={false}
        label="Adresse e-mail de la personne"
        hint={'Jamais la vôtre, ni celle de la structure. Exemple\u00a0: prenom.nom@exemple.fr'}
        value={value}
        error={error}
      />
    </>
  );
}
