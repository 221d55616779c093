import type { ReactNode } from 'react';
import { type ChoiceProps, Group, idOf } from './choices.tsx';

/** `note` is a warning that is always in sight, chosen or not. */
export type TileOption = { value: string; label: ReactNode; description?: ReactNode; note?: ReactNode };

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
