import type { ReactNode } from 'react';

/** A row of cells; the first one names the row. `id` is any text that tells the rows apart. */
export type DataRow = { id: string; cells: readonly ReactNode[] };

/**
 * A table that may be wider than the screen: it scrolls in its own box, which the keyboard reaches. On a narrow screen each
 * row is a block instead, and each cell says its header (parts.css): nothing is beyond the edge. A first cell that is a link
 * says enough.
 * Used rather than the DSFR's, whose scrolling box cannot be reached without its script.
 */
export function DataTable({
  caption,
  captionHidden = false,
  headers,
  rows,
}: {
  caption: string;
  captionHidden?: boolean | undefined;
  headers: readonly ReactNode[];
  rows: readonly DataRow[];
}) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a box that scrolls must be reached by the keyboard (WCAG 2.1.1)
    <section className="table-scroll" aria-label={caption} tabIndex={0}>
      <table className="plain-table">
        <caption className={captionHidden ? 'fr-sr-only' : undefined}>{caption}</caption>
        <thead>
          <tr>
            {headers.map((header, index) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: markup is rendered once, on the server
              <th key={index} scope="col">
                {header}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map(({ id, cells: [first, ...others] }) => (
            <tr key={id}>
              <th scope="row" data-header={typeof first === 'string' ? textOf(headers[0]) : undefined}>
                {first}
              </th>
              {others.map((cell, index) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: markup is rendered once, on the server
                <td key={index} data-header={textOf(headers[index + 1])}>
                  {cell}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

const textOf = (header: ReactNode) => (typeof header === 'string' ? header : undefined);
