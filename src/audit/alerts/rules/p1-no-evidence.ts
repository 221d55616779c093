import { sql } from 'kysely';
import { verifyConsent } from '#consent';
import { inGroups } from '#platform/ids/ids.ts';
import { inWords } from '#platform/time/paris.ts';
import { notYetIn, writtenIn } from '../reading.ts';
import type { Rule, RuleContext, Window } from '../rule.ts';

type Row = { id: string; organisationId: string | null; number: string | null; startsAt: Date | null; kept: boolean };

const reading = (window: Window) => sql<Row>`
  select i.id, i.organisation_id, m.number, m.starts_at, v.mandate_id is not null as kept
  from journal.entry_index i left join mandate m on m.id = i.mandate_id
    left join consent_evidence v on v.mandate_id = m.id
  where ${writtenIn(['mandate.concluded'], window)} and i.result = 'ok'
    and ${notYetIn('P1')}
  order by i.id`;

export const p1: Rule = {
  code: 'P1',
  title: 'Mandat sans preuve de l’accord de la personne',
  looksFor:
    'Un mandat est conclu, mais les pièces qui prouvent l’accord de la personne (identification par FranceConnect, conditions montrées, copie du mandat) manquent ou ne tiennent pas quand elles sont recalculées.',
  why: 'Sans ces pièces, rien ne montre que la personne s’est identifiée pour ces conditions.',
  doesNotMean:
    'Une panne ou un changement de clé chez FranceConnect peut aussi empêcher de vérifier. L’alerte porte sur les pièces, pas sur l’aidant.',
  needsAssessment: false,
  pace: 'run',
  lookBack: 0,
  readings: (window) => [reading(window)],
  async find(ctx, window) {
    const { rows } = await reading(window).execute(ctx.db);
    const findings = [];
    for (const row of rows) {
      const wrong = await wrongWith(ctx, row);
      if (!wrong) continue;
      const { id, organisationId, number, startsAt } = row;
      const which = number && startsAt ? `Le mandat ${inGroups(number)}, conclu le ${inWords(startsAt)}` : 'Un mandat';
      const explanation = `${which}, ${wrong}`;
      findings.push({ key: [id], organisationId, urgent: false, explanation, entryIds: [id] });
    }
    return findings;
  },
};

/** In French; undefined when the evidence is there and nothing in it is false. A key that is gone proves nothing false. */
async function wrongWith(ctx: RuleContext, { number, kept }: Row): Promise<string | undefined> {
  if (!number) return 'est inscrit au journal comme conclu, mais il n’existe pas.';
  if (!kept) return 'n’a aucune pièce gardée.';
  const verified = await verifyConsent(ctx, number);
  const failed = verified?.checks.filter(({ verdict }) => verdict === 'fail').map(({ name }) => name) ?? [];
  return failed.length > 0 ? `a des pièces qui ne tiennent pas\u00a0: ${failed.map(lowered).join(', ')}.` : undefined;
}

const lowered = (name: string) => name.charAt(0).toLowerCase() + name.slice(1);
