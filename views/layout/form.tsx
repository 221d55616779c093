import type { ReactNode } from 'react';
import type { FieldErrors } from '#platform/http/form.ts';
import type { Frame } from '#platform/http/frame.ts';

export { Checkbox, RadioGroup } from './choices.tsx';
export { CodeField, Field } from './fields.tsx';
export { TextArea } from './text-area.tsx';
export { TileChoice } from './tile-choice.tsx';

/** Checks are the server's: the browser's own bubbles are not read well and cannot be worded. */
export function Form({ frame, action, children }: { frame: Frame; action: string; children: ReactNode }) {
  return (
    <form className="form" method="post" action={action} noValidate>
      <input type="hidden" name="_csrf" value={frame.csrfToken} />
      {children}
    </form>
  );
}

/** `name` and `value` when a form has several buttons. */
export function Submit({
  children,
  secondary = false,
  name,
  value,
}: {
  children: ReactNode;
  secondary?: boolean | undefined;
  name?: string | undefined;
  value?: string | undefined;
}) {
  return (
    <button type="submit" className={secondary ? 'fr-btn fr-btn--secondary' : 'fr-btn'} name={name} value={value}>
      {children}
    </button>
  );
}

/** Stands before the form. Each message leads to its field; the message of no field (`form`) is plain text. */
export function ErrorSummary({ errors }: { errors: FieldErrors | undefined }) {
  const entries = Object.entries(errors ?? {});
  if (entries.length === 0) return null;
  return (
    <div id="erreurs" className="fr-alert fr-alert--error error-summary" role="alert" tabIndex={-1}>
      <h2 className="fr-alert__title">
        {entries.length === 1 ? 'Il y a une erreur à corriger' : `Il y a ${entries.length} erreurs à corriger`}
      </h2>
      <ul>
        {entries.map(([name, message]) => (
          <li key={name}>{name === 'form' ? message : <a href={`#${name}`}>{message}</a>}</li>
        ))}
      </ul>
    </div>
  );
}
