import { Field } from '../../layout/form.tsx';
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
          <Field
            name="du"
            label="Levée depuis le"
            type="date"
            value={values.from}
            error={errors.du}
            required="conditional"
          />
          <Field
            name="au"
            label="Jusqu’au (ce jour compris)"
            type="date"
            value={values.to}
            error={errors.au}
            required="conditional"
          />
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
