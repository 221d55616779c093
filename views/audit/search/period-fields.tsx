import type { FieldErrors } from '#platform/http/form.ts';
import { Field } from '../../layout/form.tsx';

type PeriodProps = {
  /** What the first day is of: « Depuis le », « Levée depuis le ». */
  label: string;
  from: string;
  to: string;
  errors: FieldErrors;
};

/** The two days of a period, both optional. */
export function PeriodFields({ label, from, to, errors }: PeriodProps) {
  return (
    <>
      <Field name="du" label={label} type="date" value={from} error={errors.du} required="conditional" />
      <Field
        name="au"
        label="Jusqu’au (ce jour compris)"
        type="date"
        value={to}
        error={errors.au}
        required="conditional"
      />
    </>
  );
}
