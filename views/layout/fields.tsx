import type { HTMLInputAutoCompleteAttribute, HTMLInputTypeAttribute, ReactNode } from 'react';

export type FieldProps = {
  name: string;
  label: ReactNode;
  hint?: ReactNode;
  value?: string | undefined;
  error?: string | undefined;
  type?: HTMLInputTypeAttribute | undefined;
  autoComplete?: HTMLInputAutoCompleteAttribute | undefined;
  inputMode?: 'text' | 'numeric' | 'email' | 'tel' | 'search' | undefined;
  maxLength?: number | undefined;
  /** True by default. When false the label says « facultatif »; when conditional the label itself says in which case. */
  required?: boolean | 'conditional' | undefined;
  /** For numbers, dates, codes: a field as long as what it expects. */
  short?: boolean | undefined;
  className?: string | undefined;
};

/** A text field. Its id is its name; its hint and its error are read with it. */
export function Field({
  name,
  label,
  hint,
  value,
  error,
  type = 'text',
  autoComplete = 'off',
  inputMode,
  maxLength,
  required = true,
  short = false,
  className,
}: FieldProps) {
  const classes = ['fr-input', short && 'fr-input--short', error && 'fr-input--error', className];
  return (
    <div className={error ? 'fr-input-group fr-input-group--error' : 'fr-input-group'}>
      <FieldLabel {...{ name, label, hint, required }} />
      <input
        id={name}
        name={name}
        type={type}
        className={classes.filter(Boolean).join(' ')}
        defaultValue={value}
        autoComplete={autoComplete}
        autoCapitalize={type === 'email' ? 'off' : undefined}
        spellCheck={false}
        inputMode={inputMode}
        maxLength={maxLength}
        required={required === true}
        aria-invalid={error ? true : undefined}
        aria-describedby={error ? `${name}-erreur` : undefined}
      />
      <FieldError name={name} error={error} />
    </div>
  );
}

/** The label of one field, with its hint. */
export function FieldLabel({ name, label, hint, required }: Pick<FieldProps, 'name' | 'label' | 'hint' | 'required'>) {
  return (
    <label className="fr-label" htmlFor={name}>
      {label}
      {required === false && ' (facultatif)'}
      {hint && (
        <span className="fr-hint-text" id={`${name}-aide`}>
          {hint}
        </span>
      )}
    </label>
  );
}

/** The message of one field, tied to it by aria-describedby. */
export function FieldError({ name, error }: { name: string; error: string | undefined }) {
  if (!error) return null;
  return (
    <div className="fr-messages-group">
      <p id={`${name}-erreur`} className="fr-message fr-message--error">
        {error}
      </p>
    </div>
  );
}

/** The aidant's six digits. Never shown again; may be pasted, with or without spaces. */
export function CodeField({ error }: { error: string | undefined }) {
  return (
    <Field
      name="code"
      label={'Votre code à 6\u00a0chiffres'}
      hint={
        'Il est dans votre application de codes et change toutes les 30\u00a0secondes. Un code ne sert qu’une fois\u00a0: si vous venez de l’utiliser, attendez le code suivant.'
      }
      error={error}
      autoComplete="one-time-code"
      inputMode="numeric"
      maxLength={12}
      className="fr-input--code"
    />
  );
}
