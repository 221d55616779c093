import { sql } from 'kysely';
import type { Db, Trx } from '#platform/db/database.ts';
import { isUuid } from '#platform/ids/ids.ts';
import { inScope, type Scoped } from '../scope.ts';
import { instantOf } from '../search/period.rules.ts';
import type { Population } from './draw.rules.ts';
import { periodInWords } from './period.rules.ts';
import { POPULATION_LABELS, placeInWords } from './sample.rules.ts';

export type SampleRow = {
  id: string;
  period: string;
  scope: string;
  population: Population;
  checkpointSize: number;
  root: Buffer;
  /** Of the witnesses of the policy, on that checkpoint: 72 bytes each. */
  cosignatures: Buffer[];
  structures: string[];
  populationSize: number;
  positions: number[];
  entryIds: string[];
  drawnAt: Date;
  drawnBy: string;
  /** The structure's name, or the département. */
  place: string;
  /** « mandats conclus, CCAS d'Arras, octobre 2026 ». */
  label: string;
};

/** The samples of the auditor's départements: those of a structure follow its département of today. */
function samplesOf(db: Db | Trx, who: Scoped) {
  const place = sql<string>`coalesce(organisation.departement, substring(audit_sample.scope from '^departement:(.+)$'))`;
  return db
    .selectFrom('auditSample')
    .innerJoin('auditor', 'auditor.id', 'auditSample.drawnBy')
    .leftJoin('organisation', (join) =>
      join.on(sql<boolean>`audit_sample.scope = 'structure:' || organisation.id::text`),
    )
    .select([
      'auditSample.id',
      'period',
      'scope',
      'population',
      'checkpointSize',
      'root',
      'cosignatures',
      'structures',
      'populationSize',
      'positions',
      'entryIds',
      'drawnAt',
      'organisation.name as structureName',
    ])
    .select(sql<string>`auditor.first_name || ' ' || auditor.last_name`.as('drawnBy'))
    .where(
      who.departements === null ? sql<boolean>`true` : sql<boolean>`${place} = any(${[...who.departements]}::text[])`,
    );
}

/** One of them. */
export async function findSample(db: Db | Trx, who: Scoped, id: string): Promise<SampleRow | undefined> {
  const row = isUuid(id) ? await samplesOf(db, who).where('auditSample.id', '=', id).executeTakeFirst() : undefined;
  return row && asSample(row);
}

/** The one that was drawn for this period, place and population. */
export async function findDrawn(
  db: Db | Trx,
  who: Scoped,
  { period, scope, population }: { period: string; scope: string; population: string },
): Promise<SampleRow | undefined> {
  const row = await samplesOf(db, who)
    .where('period', '=', period)
    .where('scope', '=', scope)
    .where('population', '=', population)
    .executeTakeFirst();
  return row && asSample(row);
}

const SAMPLES_SHOWN = 100;

/** The newest. */
export async function listSamples(db: Db, who: Scoped): Promise<SampleRow[]> {
  const rows = await samplesOf(db, who)
    .orderBy('drawnAt', 'desc')
    .orderBy('auditSample.id')
    .limit(SAMPLES_SHOWN)
    .execute();
  return rows.map(asSample);
}

type Row = Omit<SampleRow, 'place' | 'label' | 'population'> & { population: string; structureName: string | null };

function asSample({ structureName, population: word, ...row }: Row): SampleRow {
  const population = word as Population;
  const place = placeInWords(row.scope, structureName);
  return {
    ...row,
    population,
    place,
    label: `${POPULATION_LABELS[population].toLowerCase()}, ${place}, ${periodInWords(row.period)}`,
  };
}

/** The structures of a département, or the one named, within the auditor's scope; in the order of their ids. */
export async function structuresOf(
  db: Db,
  who: Scoped,
  by: { structure: string } | { departement: string },
): Promise<{ id: string; name: string }[]> {
  const query = db.selectFrom('organisation').select(['id', 'name']).where(inScope(who)).orderBy('id');
  return 'structure' in by
    ? query.where('id', '=', by.structure).execute()
    : query.where('departement', '=', by.departement).execute();
}

/** What an auditor may draw for: structures of their départements, by name. */
export async function listStructures(
  db: Db,
  who: Scoped,
): Promise<{ id: string; name: string; departement: string }[]> {
  return db
    .selectFrom('organisation')
    .select(['id', 'name', 'departement'])
    .where(inScope(who))
    .orderBy('departement')
    .orderBy('name')
    .orderBy('id')
    .limit(500)
    .execute();
}

/** When the oldest entry that `actes` still has was written, as its id says. */
export async function firstWritten(db: Db): Promise<Date | null> {
  const { rows } = await sql<{ id: string }>`
    select id from journal.entry_index where log_id = 1 order by id limit 1`.execute(db);
  return rows[0] ? instantOf(rows[0].id) : null;
}
