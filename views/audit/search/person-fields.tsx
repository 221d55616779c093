import { Checkbox, Field } from '../../layout/form.tsx';
import { Disclosure } from '../../layout/parts.tsx';
import type { SearchFormProps } from './search-form.tsx';

/** Whom a search is about: by a mandate of theirs, or by their civil status and a motive. They stay masked. */
export function PersonFields({ values, errors, person }: SearchFormProps) {
  const wrong = ['personMandate', 'familyName', 'birthdate', 'motive'].some((name) => errors[name]);
  return (
    <>
      {person && (
        <>
          <input type="hidden" name="personne" value={person.kept} />
          <Checkbox name="keepPerson" label={`Ce qui concerne\u00a0: ${person.label}`} checked />
        </>
      )}
      <Disclosure summary={person ? 'Chercher une autre personne' : 'Chercher une personne'} open={wrong}>
        <p>
          Les personnes restent masquées&nbsp;: vous verrez ce qui les concerne, sans leur nom. Votre recherche et son
          motif sont écrits dans le journal.
        </p>
        <Field
          name="personMandate"
          label="Par le numéro d’un de ses mandats"
          value={values.personMandate}
          error={errors.personMandate}
          maxLength={40}
          required="conditional"
        />
        <p>Ou par son état civil, exact&nbsp;:</p>
        <div className="audit-fields">
          <Field
            name="familyName"
            label="Nom de naissance ou d’usage"
            hint="En entier."
            value={values.familyName}
            error={errors.familyName}
            maxLength={120}
            required="conditional"
          />
          <Field
            name="birthdate"
            label="Date de naissance"
            hint="Par exemple 12/04/1950."
            value={values.birthdate}
            error={errors.birthdate}
            inputMode="numeric"
            maxLength={12}
            required="conditional"
          />
          <Field
            name="motive"
            label={'Pourquoi cherchez-vous cette personne\u00a0?'}
            hint="Demandé avec un état civil. Écrit dans le journal."
            value={values.motive}
            error={errors.motive}
            maxLength={500}
            required="conditional"
          />
        </div>
      </Disclosure>
    </>
  );
}
