import { z } from 'zod';
import { type FieldErrors, type Form, readForm, textOf } from '#platform/http/form.ts';
import { lineOfText } from '#platform/http/text-field.ts';
import { normaliseCrockford } from '#platform/ids/ids.ts';
import { NOT_A_NUMBER } from './filters.rules.ts';

/** The person an auditor asks for: through a mandate of theirs, with a motive if they give one, or by name and birth date with one. */
export type Sought =
  | { by: 'mandate'; number: string; motive?: string }
  | { by: 'name'; familyName: string; birthdate: string; motive: string };

const named = z.object({
  familyName: lineOfText(120, 'Donnez le nom de naissance ou d’usage, en entier.'),
  birthdate: z
    .string()
    .trim()
    .transform((text, context) => {
      const birthdate = readBirthdate(text);
      if (birthdate) return birthdate;
      context.addIssue({
        code: 'custom',
        message: 'Donnez la date de naissance, par exemple 12/04/1950. Jour inconnu\u00a0: 00/04/1950.',
      });
      return z.NEVER;
    }),
  motive: lineOfText(500, 'Dites pourquoi vous cherchez cette personne. Ce motif est écrit dans le journal.').refine(
    (text) => text.length >= 10,
    'Dites-en un peu plus\u00a0: 10\u00a0caractères au moins. Ce motif est écrit dans le journal.',
  ),
});

/** Reads the part of the form that is about a person; nothing when it was left empty. */
export function readSought(form: Form): { ok: true; sought: Sought | undefined } | { ok: false; errors: FieldErrors } {
  const number = normaliseCrockford(textOf(form, 'personMandate'));
  const isFilled = (name: string) => textOf(form, name).trim() !== '';
  if (number && (isFilled('familyName') || isFilled('birthdate'))) {
    return {
      ok: false,
      errors: { personMandate: 'Cherchez par un mandat, ou par le nom et la date de naissance\u00a0: pas les deux.' },
    };
  }
  if (number) {
    if (!/^[0-9A-HJKMNP-TV-Z]{16}$/.test(number)) return { ok: false, errors: { personMandate: NOT_A_NUMBER } };
    if (!isFilled('motive')) return { ok: true, sought: { by: 'mandate', number } };
    const read = readForm(named.pick({ motive: true }), form);
    return read.ok ? { ok: true, sought: { by: 'mandate', number, ...read.value } } : read;
  }
  if (!['familyName', 'birthdate', 'motive'].some(isFilled)) return { ok: true, sought: undefined };
  const read = readForm(named, form);
  return read.ok ? { ok: true, sought: { by: 'name', ...read.value } } : read;
}

/** `12/04/1950` as FranceConnect writes it: `1950-04-12`. Day, or day and month, may be 00 (unknown). */
export function readBirthdate(typed: string): string | undefined {
  const [, day = '', month = '', year = ''] = /^(\d{1,2})[/. -](\d{1,2})[/. -](\d{4})$/.exec(typed) ?? [];
  const birthdate = `${year}-${month.padStart(2, '0')}-${day.padStart(2, '0')}`;
  if (!year || Number(month) > 12 || Number(day) > 31 || (Number(month) === 0 && Number(day) !== 0)) return undefined;
  if (Number(day) === 0) return birthdate;
  const instant = Date.parse(`${birthdate}T00:00:00Z`);
  return new Date(instant).toISOString().startsWith(birthdate) ? birthdate : undefined;
}
