import { Field } from '../../layout/form.tsx';
import { PeriodFields } from '../search/period-fields.tsx';
import { Select } from '../search/select.tsx';
import type { AlertsProps } from './alerts.tsx';

/** Sent by GET: nothing in the address names a person who is helped. */
export function AlertFilters({ values, errors, rules }: AlertsProps) {
  return (
    <search>
      <form method="get" action="/auditeur/alertes" className="alert-filters" noValidate>
        {values.state === 'decided' && <input type="hidden" name="etat" value="decidees" />}
        <div className="audit-fields">
          <Select
            name="regle"
            label="Règle"
            choices={[{ value: '', label: 'Toutes' }, ...rules]}
            value={values.rule}
            error={errors.regle}
          />
          <Field
            name="structure"
            label="Structure (nom ou SIRET)"
            value={values.structure}
            error={errors.structure}
            maxLength={200}
            required="conditional"
          />
          <PeriodFields label="Levée depuis le" from={values.from} to={values.to} errors={errors} />
        </div>
        <div className="actions">
          <button type="submit" className="fr-btn fr-btn--secondary">
            Filtrer
          </button>
          <a href={values.state === 'decided' ? '/auditeur/alertes?etat=decidees' : '/auditeur/alertes'}>
            Tout effacer
          </a>
        </div>
      </form>
    </search>
  );
}
