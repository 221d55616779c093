import { sql } from 'kysely';
import { inWords } from '#platform/time/paris.ts';
import { oneForAll } from '../finding.ts';
import type { Finding, RuleContext, Window } from '../rule.ts';
import { findRefused, type RefusedUse } from './refused-uses.ts';

export { refusedReading } from './refused-uses.ts';

const REASONS: Readonly<Record<string, string>> = {
  'mandate-expired': 'la durée du mandat était écoulée',
  'mandate-ended': 'le mandat était terminé',
  'theme-ended': 'l’autorisation pour ce thème était terminée',
};

/** Refused connections, one finding for each connection: its steps may all have been refused. */
export async function findAttempts(ctx: RuleContext, window: Window): Promise<Finding[]> {
  const refused = await findRefused(ctx, window, Object.keys(REASONS));
  const chosenAt = await choicesOf(ctx, refused);
  return [...Map.groupBy(refused, ({ id, use }) => use ?? id).entries()].map(([key, rows]) =>
    findingOf(key, rows, chosenAt.get(key)),
  );
}

/** When these connections were chosen: a right may end between the choice and the steps after it. */
async function choicesOf({ db }: RuleContext, refused: readonly RefusedUse[]): Promise<Map<string, Date>> {
  const uses = refused.flatMap(({ use }) => (use ? [use] : []));
  if (uses.length === 0) return new Map();
  const { rows } = await sql<{ id: string; chosenAt: Date }>`
    select id, chosen_at from use where id = any(${uses}::uuid[])`.execute(db);
  return new Map(rows.map(({ id, chosenAt }) => [id, chosenAt]));
}

function findingOf(key: string, rows: readonly RefusedUse[], chosenAt: Date | undefined): Finding {
  const chosen = chosenAt ? ` Elle avait été choisie le ${inWords(chosenAt)}.` : '';
  return oneForAll(rows, (first) => ({
    key: ['attempt', key],
    explanation: `Le ${inWords(first.at)}, une connexion au nom d’une personne a été demandée alors que ${REASONS[first.reason]}. Elle a été refusée\u00a0: aucune identité n’est partie.${chosen}`,
  }));
}
