import { type RawBuilder, sql } from 'kysely';
import { openEntries } from '#journal';
import { after, MINUTE } from '#platform/time/clock.ts';
import { networkOf } from '../network.rules.ts';
import { notYetIn, writtenAt, writtenIn } from '../reading.ts';
import type { Finding, Rule, RuleContext, Window } from '../rule.ts';
import { THRESHOLDS } from '../thresholds.ts';
import { between, counted } from '../words.ts';

type Row = { id: string; kind: string; aidantId: string; organisationId: string | null; at: Date };

const { minutes } = THRESHOLDS.A1;

const reading = (window: Window): RawBuilder<Row> => sql<Row>`
  select i.id, i.kind, i.aidant_id, i.organisation_id, ${writtenAt()} as at
  from journal.entry_index i
  where ${writtenIn(['aidant.logged-in', 'aidant.logged-out'], window)} and i.aidant_id is not null and ${notYetIn('A1')}
  order by i.id`;

export const a1: Rule = {
  code: 'A1',
  title: 'Un compte ouvert de deux endroits',
  looksFor: `Un même compte s’est connecté depuis deux réseaux différents en ${counted(minutes, 'minute')}, sans déconnexion entre les deux. Seules les adresses des connexions au compte sont comparées, et aucune n’est montrée.`,
  why: 'Un compte est à une seule personne\u00a0: elle n’est pas à deux endroits.',
  doesNotMean:
    'Un téléphone qui passe du wifi au réseau mobile change d’adresse. Les adresses des actes eux-mêmes ne sont pas gardées\u00a0: la règle ne voit que les entrées.',
  needsAssessment: true,
  pace: 'run',
  lookBack: minutes * MINUTE,
  readings: (window) => [reading(window)],
  async find(ctx, window) {
    const { rows } = await reading(window).execute(ctx.db);
    const networks = await networksOf(ctx, rows);
    const pairs = [...Map.groupBy(rows, ({ aidantId }) => aidantId).values()].flatMap((events) => {
      return pairsOf(events, networks);
    });
    return pairs.map(([first, second]): Finding => {
      const explanation = `Deux connexions du même compte depuis deux réseaux différents, ${between(first.at, second.at)}, sans déconnexion entre les deux.`;
      const organisationId = second.organisationId ?? first.organisationId;
      return { key: [second.id], organisationId, urgent: false, explanation, entryIds: [first.id, second.id] };
    });
  },
};

/** The network of each login whose address is still kept. */
async function networksOf(ctx: RuleContext, rows: readonly Row[]): Promise<Map<string, string>> {
  const logins = rows.filter(({ kind }) => kind === 'aidant.logged-in').map(({ id }) => id);
  const opened = await openEntries(ctx, ctx.readerDb, logins);
  return new Map(
    logins.flatMap((id) => {
      const network = networkOf(opened.get(id)?.opened.address ?? '');
      return network ? [[id, network] as const] : [];
    }),
  );
}

function pairsOf(events: readonly Row[], networks: ReadonlyMap<string, string>): [Row, Row][] {
  const pairs: [Row, Row][] = [];
  let before: Row | undefined;
  for (const event of events) {
    if (event.kind === 'aidant.logged-out') before = undefined;
    else if (networks.has(event.id)) {
      const elsewhere = before && networks.get(before.id) !== networks.get(event.id);
      if (before && elsewhere && event.at <= after(before.at, minutes * MINUTE)) pairs.push([before, event]);
      before = event;
    }
  }
  return pairs;
}
