import { themeOf } from '#organisation';
import { after, MINUTE } from '#platform/time/clock.ts';
import { inDigits } from '#platform/time/paris.ts';
import type { UseRow } from '#views/mandate/follow/use-table.tsx';
import { REFUSAL_WORDS } from '../use/use.events.ts';
import type { Refusal } from '../use/use.rules.ts';
import type { UseOfPerson } from './usager-page.queries.ts';

/** A connection, as the table of a person shows it. */
export function useRow(use: UseOfPerson, now: Date): UseRow {
  return {
    id: use.id,
    iso: use.chosenAt.toISOString(),
    when: inDigits(use.chosenAt),
    theme: themeOf(use.theme)?.shortTitle ?? use.theme,
    site: use.site,
    aidant: use.aidant,
    result: resultInWords(use, now),
  };
}

/** FranceConnect leaves its own pages open for a while: what is not finished after that never will be. */
const UNDER_WAY = 10 * MINUTE;

function resultInWords({ identityGivenAt, refusedAt, refusal, revokedAt, chosenAt }: UseOfPerson, now: Date): string {
  if (identityGivenAt) return 'Identité donnée à FranceConnect';
  if (refusedAt) return `Refusée\u00a0: ${REFUSAL_WORDS[refusal as Refusal] ?? 'raison inconnue'}`;
  if (revokedAt) return 'Annulée';
  return after(chosenAt, UNDER_WAY) > now ? 'En cours' : 'Pas allée jusqu’au bout';
}
