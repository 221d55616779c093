import { type RawBuilder, sql } from 'kysely';
import { firstActs } from '#journal';
import { concludedThemes } from '#mandate';
import { themeOf } from '#organisation';
import { inWords } from '#platform/time/paris.ts';
import { oneForAll } from '../finding.ts';
import { clearOf } from '../read-leaves.ts';
import { writtenAt, writtenIn } from '../reading.ts';
import type { Finding, Rule, RuleContext, Window } from '../rule.ts';
import { findRefused, type RefusedUse, refusedReading } from './refused-uses.ts';

type Row = {
  id: string;
  organisationId: string | null;
  mandateId: string;
  alias: string;
  theme: string;
  /** Whether the tables have it: all there is to go by when no entry concludes the mandate, which rule I1 tells. */
  inTables: boolean;
  at: Date;
};

const STEPS = ['use.chosen', 'use.code-issued', 'use.token-issued', 'use.identity-given'] as const;

/** Steps that were let through under a mandate, with its theme. */
const reading = (window: Window): RawBuilder<Row> => sql<Row>`
  select i.id, i.organisation_id, i.mandate_id, m.journal_alias as alias, i.theme, ${writtenAt()} as at,
    exists (select from authorisation a where a.mandate_id = i.mandate_id and a.theme = i.theme) as in_tables
  from journal.entry_index i join mandate m on m.id = i.mandate_id
  where ${writtenIn(STEPS, window)} and i.result = 'ok' and i.theme is not null
  order by i.id`;

const PAGE = 2_000;

/**
 * Those of a theme that the entry of the conclusion does not name: a password of the database adds one to the tables, not to what was
 * sealed.
 */
async function outside({ db }: RuleContext, rows: readonly Row[]): Promise<Row[]> {
  const mandates = [...new Map(rows.map((row) => [row.mandateId, row])).values()];
  const themes = new Map<string, readonly string[]>();
  for (let first = 0; first < mandates.length; first += PAGE)
    for (const [mandateId, leaf] of await firstActs(db, mandates.slice(first, first + PAGE))) {
      const concluded = concludedThemes(leaf);
      if (concluded) themes.set(mandateId, concluded);
    }
  return rows.filter(({ mandateId, theme, inTables }) => !(themes.get(mandateId)?.includes(theme) ?? inTables));
}

const named = (theme: string | null) => (theme ? `«\u00a0${themeOf(theme)?.title ?? theme}\u00a0»` : 'demandé');

export const e3: Rule = {
  code: 'E3',
  title: 'Thème hors du mandat',
  looksFor:
    'Une connexion au nom d’une personne porte sur un thème que son mandat n’a pas, ou pour lequel la structure n’agit plus. Si elle a réussi, c’est un défaut du service.',
  why: 'Un mandat est donné pour des thèmes nommés, et pour eux seuls.',
  doesNotMean:
    'La liste des thèmes d’une structure peut changer pendant qu’un aidant travaille. Le site visité reste celui que l’aidant a déclaré\u00a0: la règle ne sait pas ce qui y est fait.',
  needsAssessment: false,
  pace: 'run',
  lookBack: 0,
  readings: (window) => [reading(window), refusedReading(window)],
  async find(ctx, window) {
    const rows = await outside(ctx, (await reading(window).execute(ctx.db)).rows);
    const refused = await findRefused(ctx, window, ['theme-not-allowed']);
    const said = await clearOf(
      ctx,
      rows.map(({ id }) => id),
    );
    const accepted = [...Map.groupBy(rows, ({ id }) => String(said.get(id)?.use ?? id)).entries()];
    const attempts = [...Map.groupBy(refused, ({ id, use }) => use ?? id).entries()];
    return [
      ...accepted.map(([use, steps]) => acceptedFinding(use, steps)),
      ...attempts.map(([key, steps]) => attemptFinding(key, steps)),
    ];
  },
};

function attemptFinding(use: string, rows: RefusedUse[]): Finding {
  return oneForAll(rows, (first) => ({
    key: ['attempt', use],
    explanation: `Le ${inWords(first.at)}, une connexion au nom d’une personne a été demandée pour le thème ${named(first.theme)}, pour lequel la structure n’agit plus. Elle a été refusée.`,
  }));
}

function acceptedFinding(use: string, rows: Row[]): Finding {
  return oneForAll(rows, (first) => ({
    key: ['accepted', use],
    urgent: true,
    explanation: `Le ${inWords(first.at)}, une connexion au nom d’une personne a été acceptée pour le thème ${named(first.theme)}, que son mandat n’a pas. C’est un défaut du service.`,
  }));
}
