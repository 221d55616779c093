/** Longer lines than any of ours: what a hostile file puts in a sentence is cut. */
const LONGEST = 2000;

/**
 * A text for one line of a terminal. Controls (C0, DEL, C1), line separators, marks and overrides of direction and what is
 * invisible become « <U+001B> »: what stands in a file could otherwise erase a verdict, write another, or show it backwards.
 */
export function printable(text: string): string {
  const cut = text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text;
  return cut.replace(
    UNPRINTABLE,
    (sign) => `<U+${(sign.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}>`,
  );
}

/** Cc, Cf (directions, zero widths, tags), Zl and Zp, private use, and halves of pairs. */
const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Co}\p{Cs}]/gu;
