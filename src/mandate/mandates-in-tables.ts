import { type RawBuilder, sql } from 'kysely';
import type { JournalLeaf, MandateInTables } from '#journal';
import type { Db } from '#platform/db/database.ts';
import { mandateConcluded } from './conclude/conclude.events.ts';

type Theme = { theme: string; endsAt: string; own: boolean };
type Row = {
  mandateId: string;
  alias: string;
  number: string;
  organisationId: string;
  startsAt: Date;
  endsAt: Date;
  entryCount: number;
  themes: Theme[];
};

/** A mandate as its rows say it, to compare with the entry of its conclusion. */
export type ToldMandate = MandateInTables & Pick<Row, 'number' | 'organisationId'>;

/** All of them by id, after this one, so many at most. */
export function mandatesAfter(db: Db, after: string, most: number): Promise<ToldMandate[]> {
  return read(db, sql`where m.id > ${after}::uuid order by m.id limit ${most}`);
}

/** Those that have these ids; those that were erased are absent. */
export function mandatesInTables(db: Db, ids: readonly string[]): Promise<ToldMandate[]> {
  return read(db, sql`where m.id = any(${[...ids]}::uuid[])`);
}

/** The themes that a mandate was concluded for, as the entry of its conclusion says; undefined when it is another act. */
export function concludedThemes(first: JournalLeaf): readonly string[] | undefined {
  return clearOf(first)?.themes;
}

async function read(db: Db, which: RawBuilder<unknown>): Promise<ToldMandate[]> {
  const { rows } = await sql<Row>`
    select m.id as mandate_id, m.journal_alias as alias, m.number, m.organisation_id, m.starts_at, m.ends_at, m.entry_count,
      (select coalesce(json_agg(json_build_object('theme', a.theme, 'endsAt', a.ends_at,
          'own', a.organisation_id = m.organisation_id and a.usager_id = m.usager_id)), '[]')
        from authorisation a where a.mandate_id = m.id) as themes
    from mandate m ${which}`.execute(db);
  return rows.map((row) => ({ ...row, differences: (first) => differences(row, first) }));
}

function clearOf({ type, r, clear }: JournalLeaf) {
  if (type !== mandateConcluded.kind || r !== 'ok') return undefined;
  return mandateConcluded.clear.safeParse(clear).data;
}

function differences(row: Row, first: JournalLeaf): string[] | undefined {
  const told = clearOf(first);
  if (!told) return undefined;
  const { organisationId, startsAt, endsAt, themes } = row;
  const end = Date.parse(told.endsAt);
  const checks: readonly (readonly [what: string, same: boolean])[] = [
    ['structure', first.org === organisationId],
    ['début', startsAt.getTime() === Date.parse(told.startsAt)],
    ['terme', endsAt.getTime() === end && themes.every((one) => Date.parse(one.endsAt) === end)],
    ['thèmes', sorted(themes.map(({ theme }) => theme)) === sorted(told.themes)],
    ['thèmes d’une autre personne ou d’une autre structure', themes.every(({ own }) => own)],
  ];
  return checks.flatMap(([what, same]) => (same ? [] : [what]));
}

const sorted = (themes: readonly string[]) => [...themes].sort().join(' ');
