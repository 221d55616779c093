import { FieldError, FieldLabel, type FieldProps } from './fields.tsx';

type TextAreaProps = Pick<FieldProps, 'name' | 'label' | 'hint' | 'value' | 'error' | 'maxLength' | 'required'> & {
  rows?: number | undefined;
};

/** A field for a few sentences. Its id is its name; its hint and its error are read with it. */
export function TextArea({ name, label, hint, value, error, maxLength, required = true, rows = 4 }: TextAreaProps) {
  return (
    <div className={error ? 'fr-input-group fr-input-group--error' : 'fr-input-group'}>
      <FieldLabel {...{ name, label, hint, required }} />
      <textarea
        id={name}
        name={name}
        className={error ? 'fr-input fr-input--error' : 'fr-input'}
        defaultValue={value}
        rows={rows}
        maxLength={maxLength}
        required={required === true}
        aria-invalid={error ? true : undefined}
        aria-describedby={error ? `${name}-erreur` : undefined}
      />
      <FieldError name={name} error={error} />
    </div>
  );
}
