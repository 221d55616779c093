import type { ReactNode } from 'react';
import { FieldError } from './fields.tsx';

export type ChoiceProps = { name: string; label: ReactNode; hint?: ReactNode; error?: string | undefined };
export type Option = { value: string; label: ReactNode; hint?: ReactNode };

/** The first choice has the name as its id, so that the link of an error summary reaches it. */
export function idOf(name: string, value: string, index: number): string {
  return index === 0 ? name : `${name}-${value}`;
}

/** One box to tick. Posted as « oui » when ticked. */
export function Checkbox({
  name,
  label,
  hint,
  checked = false,
  error,
}: ChoiceProps & { checked?: boolean | undefined }) {
  return (
    <div className={error ? 'fr-checkbox-group fr-checkbox-group--error' : 'fr-checkbox-group'}>
      <input
        type="checkbox"
        id={name}
        name={name}
        value="oui"
        defaultChecked={checked}
        aria-invalid={error ? true : undefined}
        aria-describedby={error ? `${name}-erreur` : undefined}
      />
      <label className="fr-label" htmlFor={name}>
        {label}
        {hint && <span className="fr-hint-text">{hint}</span>}
      </label>
      <FieldError name={name} error={error} />
    </div>
  );
}

/** The choices of one field, under one legend. */
export function Group({
  name,
  label,
  hint,
  error,
  role,
  children,
}: ChoiceProps & { role?: 'radiogroup' | undefined; children: ReactNode }) {
  return (
    <fieldset
      className={error ? 'fr-fieldset fr-fieldset--error' : 'fr-fieldset'}
      role={role}
      aria-invalid={role && error ? true : undefined}
      aria-describedby={error ? `${name}-erreur` : undefined}
    >
      <legend className="fr-fieldset__legend">
        {label}
        {hint && <span className="fr-hint-text">{hint}</span>}
      </legend>
      {children}
      <FieldError name={name} error={error} />
    </fieldset>
  );
}

/** One choice among several, one under the other. `required` is false when the answer depends on another one. */
export function RadioGroup({
  options,
  value,
  required = true,
  ...group
}: ChoiceProps & { options: readonly Option[]; value?: string | undefined; required?: boolean | undefined }) {
  return (
    <Group {...group} role="radiogroup">
      {options.map((option, index) => {
        const id = idOf(group.name, option.value, index);
        return (
          <div key={option.value} className="fr-fieldset__element">
            <div className="fr-radio-group">
              <input
                type="radio"
                id={id}
                name={group.name}
                value={option.value}
                defaultChecked={option.value === value}
                required={required}
              />
              <label className="fr-label" htmlFor={id}>
                {option.label}
                {option.hint && <span className="fr-hint-text">{option.hint}</span>}
              </label>
            </div>
          </div>
        );
      })}
    </Group>
  );
}
