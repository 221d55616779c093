import type { ReactNode } from 'react';
import { FieldError } from './fields.tsx';

type ChoiceProps = { name: string; label: ReactNode; hint?: ReactNode; error?: string | undefined };
export type Option = { value: string; label: ReactNode; hint?: ReactNode };
/** `note` is a warning that is always in sight, chosen or not. */
export type TileOption = { value: string; label: ReactNode; description?: ReactNode; note?: ReactNode };

/** The first choice has the name as its id, so that the link of an error summary reaches it. */
function idOf(name: string, value: string, index: number): string {
  return index === 0 ? name : `${name}-${value}`;
}

/** One box to tick. Posted as `value` (« oui ») when ticked. */
export function Checkbox({
  name,
  label,
  hint,
  value = 'oui',
  checked = false,
  error,
}: ChoiceProps & { value?: string | undefined; checked?: boolean | undefined }) {
  return (
    <div className={error ? 'fr-checkbox-group fr-checkbox-group--error' : 'fr-checkbox-group'}>
      <input
        type="checkbox"
        id={name}
        name={name}
        value={value}
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

function Group({
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

/** One choice among several, one under the other. */
export function RadioGroup({
  options,
  value,
  ...group
}: ChoiceProps & { options: readonly Option[]; value?: string | undefined }) {
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
                required
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

/** Choices as large tiles: several (`checkbox`) or one (`radio`). `value` is the list of chosen values, or the one. */
export function TileChoice({
  type,
  options,
  value = [],
  ...group
}: ChoiceProps & {
  type: 'checkbox' | 'radio';
  options: readonly TileOption[];
  value?: string | readonly string[] | undefined;
}) {
  const chosen = typeof value === 'string' ? [value] : value;
  return (
    <Group {...group} role={type === 'radio' ? 'radiogroup' : undefined}>
      <div className="choice-tiles">
        {options.map((option, index) => (
          <Tile
            key={option.value}
            id={idOf(group.name, option.value, index)}
            input={{ type, name: group.name, value: option.value, defaultChecked: chosen.includes(option.value) }}
            option={option}
          />
        ))}
      </div>
    </Group>
  );
}

type TileInput = { type: 'checkbox' | 'radio'; name: string; value: string; defaultChecked: boolean };

function Tile({ id, input, option }: { id: string; input: TileInput; option: TileOption }) {
  const texts = [option.description && `${id}-texte`, option.note && `${id}-note`].filter(Boolean).join(' ');
  return (
    <div className="choice-tile">
      <input id={id} {...input} aria-describedby={texts || undefined} />
      <div className="choice-tile__text">
        <label className="choice-tile__label" htmlFor={id}>
          {option.label}
        </label>
        {option.description && (
          <p id={`${id}-texte`} className="choice-tile__description">
            {option.description}
          </p>
        )}
        {option.note && (
          <p id={`${id}-note`} className="choice-tile__note">
            {option.note}
          </p>
        )}
      </div>
    </div>
  );
}
