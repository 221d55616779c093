import { z } from 'zod';
import type { Keyring } from '#platform/crypto/keys.ts';
import { type Place, seal, unseal } from '#platform/crypto/seal.ts';
import { lineOfText } from '#platform/http/text-field.ts';
import { DAY } from '#platform/time/clock.ts';

/** How long an identity stays open to the auditor who asked, once another agreed. */
export const OPEN_FOR = 7 * DAY;

/** How long a request waits for an answer. */
export const WAITS_FOR = 7 * DAY;

const sentence = (missing: string) =>
  lineOfText(500, missing).pipe(z.string().min(15, 'Écrivez une phrase entière, de 15\u00a0caractères au moins.'));

export const motiveSchema = z.object({
  motive: sentence('Écrivez pourquoi vous devez savoir qui est cette personne.'),
});
export const refusalSchema = z.object({ reason: sentence('Écrivez pourquoi vous refusez.') });

type Column = 'motive_sealed' | 'refusal_sealed';
const placeOf = (id: string, column: Column): Place => ({ table: 'unmasking', column, row: id });

/** What an auditor wrote about a request, as it is kept. */
export function sealWords({ data }: Pick<Keyring, 'data'>, id: string, column: Column, words: string): Buffer {
  return seal(data, placeOf(id, column), words);
}

/** Throws when the bytes were made for another request, changed, or sealed with a key that is gone. */
export function openWords({ data }: Pick<Keyring, 'data'>, id: string, column: Column, sealed: Buffer): string {
  return unseal(data, placeOf(id, column), sealed).toString();
}

export type State = 'waiting' | 'lapsed' | 'open' | 'over' | 'refused';

/** Where a request stands at an instant. */
export function stateOf(
  { answer, lapsesAt, openUntil }: { answer: string | null; lapsesAt: Date; openUntil: Date | null },
  now: Date,
): State {
  if (answer === 'refused') return 'refused';
  if (openUntil) return openUntil > now ? 'open' : 'over';
  return lapsesAt > now ? 'waiting' : 'lapsed';
}
