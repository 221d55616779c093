import type { FieldErrors } from '#platform/http/form.ts';
import type { Frame } from '#platform/http/frame.ts';
import { Field, Form, RadioGroup, Submit } from '../../layout/form.tsx';
import { PeriodFields } from './period-fields.tsx';
import { PersonFields } from './person-fields.tsx';
import { type Choice, Select } from './select.tsx';

/** What stands in each field, as it was typed. */
export type SearchValues = Readonly<
  Record<
    | 'du'
    | 'au'
    | 'quoi'
    | 'theme'
    | 'resultat'
    | 'structure'
    | 'structureNamed'
    | 'aidant'
    | 'aidantNamed'
    | 'mandat'
    | 'personMandate'
    | 'familyName'
    | 'birthdate'
    | 'motive',
    string
  >
>;

export type SearchFormProps = {
  frame: Frame;
  action: string;
  values: SearchValues;
  errors: FieldErrors;
  kinds: readonly Choice[];
  themes: readonly Choice[];
  /** Whom a name may mean; one of them is chosen when it stands alone or was chosen before. */
  structures: readonly NamedChoice[];
  aidants: readonly NamedChoice[];
  chosen: { structureId: string; aidantId: string };
  /** The person that the search is about already. */
  person: { kept: string; label: string } | null;
};

export type NamedChoice = { id: string; name: string; more: string };

const RESULTS = [
  { value: '', label: 'Tous' },
  { value: 'ok', label: 'Fait' },
  { value: 'refused', label: 'Refusé' },
];

/** Sent by POST: what names a person must not stand in an address. The answer leads to an address that holds ids only. */
export function SearchForm(props: SearchFormProps) {
  const { frame, action, values, errors, kinds, themes } = props;
  return (
    <Form frame={frame} action={action}>
      <div className="audit-fields">
        <Select name="quoi" label="Ce qui s’est passé" choices={kinds} value={values.quoi} error={errors.quoi} />
        <Select name="theme" label="Thème" choices={themes} value={values.theme} error={errors.theme} />
        <Select name="resultat" label="Résultat" choices={RESULTS} value={values.resultat} error={errors.resultat} />
        <PeriodFields label="Depuis le" from={values.du} to={values.au} errors={errors} />
        <Field
          name="mandat"
          label={'Numéro d’un mandat'}
          value={values.mandat}
          error={errors.mandat}
          maxLength={40}
          required="conditional"
        />
      </div>
      <div className="audit-fields audit-fields--two">
        <NamedField {...props} name="structure" label="Structure" hint="Nom et commune, ou SIRET." />
        <NamedField {...props} name="aidant" label="Aidant" hint="Prénom et nom, ou adresse e-mail." />
      </div>
      <PersonFields {...props} />
      <div className="actions">
        <Submit>Rechercher</Submit>
        <a href={action}>Tout effacer</a>
      </div>
    </Form>
  );
}

/** A name that is typed; when it may mean several, they are listed under it to choose from. */
function NamedField(props: SearchFormProps & { name: 'structure' | 'aidant'; label: string; hint: string }) {
  const { name, label, hint, values, errors, chosen } = props;
  const choices = name === 'structure' ? props.structures : props.aidants;
  const id = name === 'structure' ? chosen.structureId : chosen.aidantId;
  const listed = choices.length > 1;
  return (
    <div>
      <Field
        {...{ name, label, hint }}
        value={values[name]}
        error={listed ? undefined : errors[name]}
        maxLength={200}
        required="conditional"
      />
      <input type="hidden" name={`${name}Named`} value={values[`${name}Named`]} />
      {listed ? (
        <RadioGroup
          name={`${name}Id`}
          label={`${label}\u00a0: plusieurs portent ce nom. Choisissez.`}
          options={choices.map((one) => ({ value: one.id, label: one.name, hint: one.more }))}
          value={id}
          error={errors[`${name}Id`]}
          required={false}
        />
      ) : (
        id && <input type="hidden" name={`${name}Id`} value={id} />
      )}
    </div>
  );
}
