import { z } from 'zod';
import { type FieldErrors, type Form, readForm, textOf } from '#platform/http/form.ts';
import { normaliseCrockford } from '#platform/ids/ids.ts';
import type { StopAsked } from './stop-by-code.ts';
import { isStopCode } from './stop-code.ts';

/** Whether a text, once tidied, can be the number of a mandate. */
export function isMandateNumber(text: string): boolean {
  return /^[0-9A-HJKMNP-TV-Z]{16}$/.test(text);
}

const tidied = (isRight: (text: string) => boolean, empty: string, wrong: string) =>
  z.string().max(60, wrong).transform(normaliseCrockford).pipe(z.string().min(1, empty).refine(isRight, wrong));

const stopForm = z.object({
  number: tidied(isMandateNumber, 'Tapez le numéro du mandat', 'Un numéro de mandat a 16 lettres et chiffres'),
  stopCode: tidied(isStopCode, 'Tapez le code d’arrêt', 'Un code d’arrêt a 10 lettres et chiffres'),
});

/** Reads a number and a stop code as people type them: with spaces or dashes, O for 0, I or L for 1. */
export function readStopForm(form: Form): { ok: true; value: StopAsked } | { ok: false; errors: FieldErrors } {
  const read = readForm(stopForm, { number: textOf(form, 'number'), stopCode: textOf(form, 'stopCode') });
  return read.ok ? { ok: true, value: { number: read.value.number, code: read.value.stopCode } } : read;
}
