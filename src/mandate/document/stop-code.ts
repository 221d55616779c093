import type { AppContext } from '#platform/context.ts';
import { type Place, seal, unseal } from '#platform/crypto/seal.ts';
import { randomCrockford } from '#platform/ids/ids.ts';
import { MINUTE } from '#platform/time/clock.ts';

/** 50 random bits, typed by hand: tries are counted by address and by mandate. */
const LENGTH = 10;

/** How long after its printing the code can still be shown, to print again what a printer spoilt. */
export const STOP_CODE_SHOWN_FOR = 15 * MINUTE;

function placeOf(mandateId: string): Place {
  return { table: 'mandate', column: 'stop_code_sealed', row: mandateId };
}

/** A new stop code, sealed for the row of its mandate. */
export function newStopCode({ keys }: Pick<AppContext, 'keys'>, mandateId: string): Buffer {
  return seal(keys.data, placeOf(mandateId), randomCrockford(LENGTH));
}

export function openStopCode({ keys }: Pick<AppContext, 'keys'>, mandateId: string, sealed: Buffer): string {
  return unseal(keys.data, placeOf(mandateId), sealed).toString();
}

/** Whether a text, once tidied, can be a stop code. */
export function isStopCode(text: string): boolean {
  return /^[0-9A-HJKMNP-TV-Z]{10}$/.test(text);
}
