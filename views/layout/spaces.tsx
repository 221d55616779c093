import { Fragment } from 'react';

/** A text that somebody typed, with the spaces of French: what is before « : ; ? ! » stays on its line. */
export function frenchSpaces(text: string): string {
  return text.replace(/ (?=[:;?!»])/g, '\u00a0').replaceAll('« ', '«\u00a0');
}

/** Names of servers are long: a line may end after one of their dots, rather than inside a word. */
export function BreakableNames({ text }: { text: string }) {
  return text.split(/(?<=[a-z0-9]\.)(?=[a-z])/).map((part, index) => (
    // biome-ignore lint/suspicious/noArrayIndexKey: markup is rendered once, on the server
    <Fragment key={index}>
      {index > 0 && <wbr />}
      {part}
    </Fragment>
  ));
}
