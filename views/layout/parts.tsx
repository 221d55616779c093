import { Tag } from '@codegouvfr/react-dsfr/Tag';
import { Fragment, type ReactNode } from 'react';

/** Leads to the page before, named: « Retour à mes mandats ». Stands above the `<h1>`. */
export function BackLink({ href, children = 'Retour' }: { href: string; children?: ReactNode }) {
  return (
    <p className="back-link">
      <a className="fr-link fr-icon-arrow-left-line fr-link--icon-left" href={href}>
        {children}
      </a>
    </p>
  );
}

export type SummaryRow = { term: ReactNode; value: ReactNode; action?: ReactNode };

/** Terms and their values; `action` is a link such as « Modifier », which says what it modifies. */
export function SummaryList({ rows }: { rows: readonly SummaryRow[] }) {
  return (
    <dl className="summary-list">
      {rows.map(({ term, value, action }, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: markup is rendered once, on the server
        <div key={index}>
          <dt>{term}</dt>
          <dd>{value}</dd>
          {action && <dd className="summary-list__action">{action}</dd>}
        </div>
      ))}
    </dl>
  );
}

/** The names of themes. */
export function ThemeTags({ themes }: { themes: readonly string[] }) {
  return (
    <ul className="theme-tags" aria-label="Thèmes">
      {themes.map((theme) => (
        <li key={theme}>
          <Tag small>{theme}</Tag>
        </li>
      ))}
    </ul>
  );
}

/** Something to know on this page. For what just happened, see the layout's notice. */
export function Notice({
  title,
  severity = 'info',
  children,
}: {
  title?: ReactNode;
  severity?: 'info' | 'warning' | 'success' | 'error' | undefined;
  children: ReactNode;
}) {
  return (
    <div className={`notice fr-alert fr-alert--${severity}`}>
      {title && <p className="fr-alert__title">{title}</p>}
      <div>{children}</div>
    </div>
  );
}

/** A list that is empty: says why, and what can be done. */
export function EmptyState({ title, children }: { title: ReactNode; children?: ReactNode }) {
  return (
    <div className="empty-state">
      <p>
        <strong>{title}</strong>
      </p>
      {children}
    </div>
  );
}

/** A number to read aloud or to copy: in groups of four, with spaces so that it is read so. Fields take it with its spaces. */
export function CopyableNumber({ number }: { number: string }) {
  const groups = number.match(/.{1,4}/gs) ?? [number];
  return (
    <span className={`copyable-number code-text${groups.length > 3 ? '' : ' copyable-number--short'}`}>
      {groups.map((group, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: markup is rendered once, on the server
        <Fragment key={index}>
          {index > 0 && ' '}
          <span>{group}</span>
        </Fragment>
      ))}
    </span>
  );
}

/** The number that ends an `<h1>`: on one line of its own when the screen is narrow, rather than cut where the words end. */
export function TitleNumber({ number }: { number: string }) {
  return <span className="title-number">{number}</span>;
}

/** A moment: `iso` for machines, and the day and hour in words, both written by the page (platform/time/paris.ts). */
export function When({ iso, children }: { iso: string; children: ReactNode }) {
  return <time dateTime={iso}>{children}</time>;
}

/** Hidden until the script of the site is there, since only a script can print. */
export function PrintButton({ children = 'Imprimer' }: { children?: ReactNode }) {
  return (
    <button type="button" className="fr-btn fr-btn--secondary fr-icon-printer-line fr-btn--icon-left" data-print hidden>
      {children}
    </button>
  );
}

/** Details that open without a script; `open` when they are shown from the start. */
export function Disclosure({
  summary,
  open = false,
  children,
}: {
  summary: ReactNode;
  open?: boolean | undefined;
  children: ReactNode;
}) {
  return (
    <details className="disclosure" open={open}>
      <summary>{summary}</summary>
      <div>{children}</div>
    </details>
  );
}

/** Both open the program that writes or calls, where there is one. */
export function Email({ address }: { address: string }) {
  return <a href={`mailto:${address}`}>{address}</a>;
}

export function Phone({ number }: { number: string }) {
  return (
    <a className="phone" href={`tel:${number.replaceAll(/[^\d+]/g, '')}`}>
      {number}
    </a>
  );
}
