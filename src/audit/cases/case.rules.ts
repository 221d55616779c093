import { z } from 'zod';
import { type FieldErrors, type Form, readForm, textOf } from '#platform/http/form.ts';

/** What a case may begin from. */
const ORIGINS = ['complaint', 'mandate', 'search', 'entry', 'sample'] as const;
export type Origin = (typeof ORIGINS)[number];

export const ORIGIN_LABELS: Readonly<Record<Origin, string>> = {
  complaint: 'Une réclamation',
  mandate: 'Un mandat',
  search: 'Une recherche',
  entry: 'Une entrée du journal',
  sample: 'Un tirage',
};

export type Decision =
  | 'mandate-supported'
  | 'mandate-doubtful'
  | 'undecided'
  | 'nothing-found'
  | 'explanations-asked'
  | 'irregular'
  | 'reported';

export const DECISION_LABELS: Readonly<Record<Decision, string>> = {
  'mandate-supported': 'Les éléments confirment le mandat',
  'mandate-doubtful': 'Les éléments font douter du mandat',
  undecided: 'Les éléments ne permettent pas de conclure',
  'nothing-found': 'Rien d’anormal',
  'explanations-asked': 'Explications demandées à la structure',
  irregular: 'Irrégularité constatée',
  reported: 'Transmis à l’autorité compétente',
};

const OF_A_COMPLAINT: readonly Decision[] = ['mandate-supported', 'mandate-doubtful', 'undecided'];
const OF_ANOTHER: readonly Decision[] = ['nothing-found', 'explanations-asked', 'irregular', 'reported', 'undecided'];

/** What may be decided: about a complaint the question is whether the person gave the mandate. */
export function decisionsFor(origin: Origin): readonly Decision[] {
  return origin === 'complaint' ? OF_A_COMPLAINT : OF_ANOTHER;
}

export const MOST_ADDED = 200;
export const MOST_IN_A_CASE = 1000;
export const LONGEST_SUBJECT = 160;
export const LONGEST_NOTE = 8_000;

/** A text of several lines: line ends as LF, NFC, without other control characters; refused when empty or too long. */
export function textBlock(longest: number, empty: string) {
  return z
    .string()
    .transform((text) => text.replace(/\r\n?/g, '\n').normalize('NFC').trim())
    .refine((text) => text.length > 0, empty)
    .refine((text) => text.length <= longest, `Écrivez au plus ${longest} caractères.`)
    .refine((text) => text.isWellFormed() && !CONTROL.test(text), 'Ce texte contient un caractère qui ne s’écrit pas');
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is refused; tab and line feed are not
const CONTROL = /[\u0000-\u0008\u000b-\u001f\u007f\u202a-\u202e\u2066-\u2069]/;

type Read<Value> = { ok: true; value: Value } | { ok: false; errors: FieldErrors };

export function readNote(form: Form): Read<{ note: string }> {
  return readForm(z.object({ note: textBlock(LONGEST_NOTE, 'Écrivez la note.') }), { note: textOf(form, 'note') });
}

export function readDecision(form: Form, origin: Origin): Read<{ decision: Decision; reasons: string }> {
  const allowed = decisionsFor(origin) as [Decision, ...Decision[]];
  const schema = z.object({
    decision: z.enum(allowed, 'Choisissez la décision.'),
    reasons: textBlock(LONGEST_NOTE, 'Écrivez pourquoi.'),
  });
  return readForm(schema, { decision: textOf(form, 'decision'), reasons: textOf(form, 'reasons') });
}
