import { z } from 'zod';
import type { Form } from '#platform/http/form.ts';
import { type FieldErrors, readForm, textOf } from '#platform/http/form.ts';
import { MINUTE } from '#platform/time/clock.ts';
import { parisInstant } from './known-at.rules.ts';

/** What an aidant may say when ending a whole mandate; the last two do not concern one theme alone. */
export const ASKED_CAUSES = ['revoked-by-usager', 'renounced-by-organisation', 'deceased', 'protected'] as const;
export const ASKED_CAUSES_OF_A_THEME = ['revoked-by-usager', 'renounced-by-organisation'] as const;
export type AskedCause = (typeof ASKED_CAUSES)[number];

const NO_DAY = 'Écrivez le jour où la structure l’a su';
const NO_HOUR = 'Écrivez l’heure à laquelle la structure l’a su';

const endForm = (causes: readonly [AskedCause, ...AskedCause[]]) =>
  z
    .object({
      cause: z.enum(causes, 'Dites pourquoi le mandat se termine'),
      known: z.enum(['now', 'earlier'], 'Dites quand la structure l’a su'),
      knownDay: z.string().trim().default(''),
      knownHour: z.string().trim().default(''),
    })
    .superRefine(({ known, knownDay, knownHour }, context) => {
      if (known === 'now') return;
      if (!/^\d{4}-\d\d-\d\d$/.test(knownDay))
        context.addIssue({ code: 'custom', path: ['knownDay'], message: NO_DAY });
      else if (!/^\d\d:\d\d$/.test(knownHour))
        context.addIssue({ code: 'custom', path: ['knownHour'], message: NO_HOUR });
      else if (!parisInstant(knownDay, knownHour))
        context.addIssue({ code: 'custom', path: ['knownDay'], message: 'Ce jour ou cette heure n’existe pas' });
    });

export type AskedEnd = {
  cause: AskedCause;
  /** When the structure knew, if it was before now. */
  knownAt: Date | undefined;
};

/** Reads the form that ends a mandate or a theme. */
export function readEndForm(
  form: Form,
  { theme }: { theme: boolean },
): { ok: true; value: AskedEnd } | { ok: false; errors: FieldErrors } {
  const fields = ['cause', 'known', 'knownDay', 'knownHour'].map((name) => [name, textOf(form, name)]);
  const read = readForm(endForm(theme ? ASKED_CAUSES_OF_A_THEME : ASKED_CAUSES), Object.fromEntries(fields));
  if (!read.ok) return read;
  const { cause, known, knownDay, knownHour } = read.value;
  return { ok: true, value: { cause, knownAt: known === 'now' ? undefined : parisInstant(knownDay, knownHour) } };
}

export type KnownAtFault = 'known-before-start' | 'known-later';

/**
 * When the structure knew of an end (C. civ. art. 2008): not in the future, not before the mandate started. Typed to the
 * minute, so the minute of the start is allowed and counts as the start itself.
 */
export function knownAtOf(
  asked: Date | undefined,
  { startsAt, now }: { startsAt: Date; now: Date },
): { ok: true; knownAt: Date } | { ok: false; reason: KnownAtFault } {
  if (!asked) return { ok: true, knownAt: now };
  if (asked > now) return { ok: false, reason: 'known-later' };
  if (asked.getTime() + MINUTE <= startsAt.getTime()) return { ok: false, reason: 'known-before-start' };
  return { ok: true, knownAt: asked < startsAt ? startsAt : asked };
}
