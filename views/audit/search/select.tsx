import { FieldError } from '../../layout/fields.tsx';

export type Choice = { value: string; label: string };

/** One choice in a list that folds. */
export function Select({
  name,
  label,
  choices,
  value,
  error,
}: {
  name: string;
  label: string;
  choices: readonly Choice[];
  value: string;
  error?: string | undefined;
}) {
  const known = choices.some((choice) => choice.value === value);
  return (
    <div className={error ? 'fr-input-group fr-input-group--error' : 'fr-input-group'}>
      <label className="fr-label" htmlFor={name}>
        {label}
      </label>
      <select
        id={name}
        name={name}
        className={error ? 'fr-input fr-input--error' : 'fr-input'}
        defaultValue={value}
        aria-invalid={error ? true : undefined}
        aria-describedby={error ? `${name}-erreur` : undefined}
      >
        {!known && <option value={value}>{value}</option>}
        {choices.map((choice) => (
          <option key={choice.value} value={choice.value}>
            {choice.label}
          </option>
        ))}
      </select>
      <FieldError name={name} error={error} />
    </div>
  );
}
