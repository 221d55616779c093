import { type RawBuilder, sql } from 'kysely';
import { type Projected, projectionFaults } from '#journal';
import { readLeaf } from '#journal/verify';
import { parisDay } from '#platform/time/paris.ts';
import { idAt } from '../../search/period.rules.ts';
import { writtenAt } from '../reading.ts';
import type { Finding, RuleContext, Window } from '../rule.ts';
import { THRESHOLDS } from '../thresholds.ts';
import { between, counted } from '../words.ts';

type Row = Projected & {
  at: Date;
  /** Null when there is no entry under this id. */
  leaf: Buffer | null;
  /** Seconds between the clock of the server and that of the database. */
  apart: number;
};

const PAGE = 5_000;

/** A page of the index with the leaves: `after` is the last id of the page before. */
export const indexReading = ({ from, to }: Window, after = idAt(from)): RawBuilder<Row> => sql<Row>`
  select i.id, i.log_id, ${writtenAt()} as at, e.leaf, i.kind, i.result, i.theme, i.aidant_id, i.organisation_id,
    i.mandate_alias, i.mn, i.themes, abs(extract(epoch from i.recorded_at - ${writtenAt()}))::float8 as apart
  from journal.entry_index i left join journal.entry e on e.id = i.id
    and e.recorded_at >= ${from}::timestamptz - interval '1 day' and e.recorded_at < ${to}::timestamptz + interval '1 day'
  where i.id > ${after}::uuid and i.id < ${idAt(to)}::uuid order by i.id limit ${PAGE}`;

/**
 * Index rows that say something else than their leaf, and entries whose id (the clock of the server) and date (the clock of
 * the database) are too far apart. One finding a day for each log and each fault: one cause usually touches many entries.
 */
export async function findIndexFaults({ db }: RuleContext, window: Window): Promise<Finding[]> {
  const differs: Row[] = [];
  const apart: Row[] = [];
  for (let after: string | undefined; ; ) {
    const { rows } = await indexReading(window, after).execute(db);
    for (const row of rows) {
      if (row.apart > THRESHOLDS.I1.clockSeconds) apart.push(slim(row));
      if (!saysTheSame(row)) differs.push(slim(row));
    }
    after = rows.at(-1)?.id;
    if (rows.length < PAGE) break;
  }
  return [
    ...byDay(differs).map((rows) => findingOf('index', rows, DIFFERS)),
    ...byDay(apart).map((rows) => findingOf('clock', rows, APART)),
  ];
}

/** The bytes are not kept: there may be many. */
const slim = (row: Row): Row => ({ ...row, leaf: null });

function saysTheSame({ leaf, ...row }: Row): boolean {
  const read = leaf && readLeaf(leaf);
  if (!read) return false;
  // bytes that are no leaf were put aside by the sequencer, and told by it
  return !read.ok || projectionFaults(row, read.leaf).length === 0;
}

function byDay(rows: readonly Row[]): Row[][] {
  return [...Map.groupBy(rows, ({ logId, at }) => `${logId} ${parisDay(at)}`).values()];
}

const DIFFERS = 'l’index de recherche ne dit pas ce que dit l’entrée, ou parle d’une entrée qui n’existe pas';
const APART = `l’instant donné par le serveur et celui de la base diffèrent de plus de ${THRESHOLDS.I1.clockSeconds}\u00a0secondes (horloge déréglée, ou écriture qui a attendu)`;

function findingOf(fault: string, rows: readonly Row[], words: string): Finding {
  const [first, last] = [rows[0], rows.at(-1)];
  if (!first || !last) throw new Error('a fault without an entry');
  const log = first.logId === 1 ? 'actes' : 'accès';
  return {
    key: [fault, String(first.logId), parisDay(first.at)],
    organisationId: null,
    urgent: true,
    explanation: `Journal «\u00a0${log}\u00a0», ${counted(rows.length, 'entrée')}, ${between(first.at, last.at)}\u00a0: ${words}.`,
    entryIds: rows.map(({ id }) => id),
  };
}
