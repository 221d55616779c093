import { type ConsentText, consentTextSchema } from './consent-text.schema.ts';
import { type AccordFacts, accord1 } from './texts/accord-1.ts';

/** The text of the current version for these facts. A published text is never edited: a change is a new file and version. */
export function consentText(facts: AccordFacts): ConsentText {
  return inNfc(accord1(facts));
}

/** Reads back the canonical JSON of a text. Throws when it is something else. */
export function readConsentText(json: string): ConsentText {
  return consentTextSchema.parse(JSON.parse(json));
}

/** The words of a text in reading order, one line each: what a page that shows it must contain, neither more nor less. */
export function linesOf(text: ConsentText): string[] {
  const sections = text.sections.flatMap(({ title, sentences, items, after }) => [
    title,
    ...sentences,
    ...items.flatMap((item) => [item.label, item.text]),
    ...after,
  ]);
  return [text.title, ...text.intro, ...sections, text.yes, text.no];
}

/** The canonical form that is hashed knows NFC only; names come as people typed them. */
function inNfc<Value>(value: Value): Value {
  if (typeof value === 'string') return value.normalize('NFC') as Value;
  if (Array.isArray(value)) return value.map(inNfc) as Value;
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, inNfc(item)])) as Value;
}
