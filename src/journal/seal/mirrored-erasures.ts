import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { sql } from 'kysely';
import { z } from 'zod';
import type { Db, Trx } from '#platform/db/database.ts';
import type { LogName } from '../event.ts';
import { LOG_IDS } from '../record.ts';
import { ERASURE_LIST } from './mirror-erasures.ts';

type Place = { begin: bigint; end: bigint };

/** The erased entries of a log. `untold`: how many erasures of months the mirror lists and the database does not know. */
export type ErasedPlaces = {
  has(index: bigint): boolean;
  /** First days of the months that they were recorded in. */
  months: readonly string[];
  untold: number;
};

type Row = { id: string; month: string; indices: string };

/**
 * The places of a log whose bytes were erased with their month: by the database, and by the list beside the mirror, which knows
 * what a database taken back to an older state does not. Throws when the list cannot be read.
 */
export async function erasedPlaces(db: Db | Trx, log: LogName, mirror: string): Promise<ErasedPlaces> {
  const { rows } = await sql<Row>`
    select id::text, month::text, indices::text from journal.erasure
    where log_id = ${LOG_IDS[log]} and kind = 'period'`.execute(db);
  const known = new Set(rows.map(({ id }) => id));
  const listed = (await periodsListed(mirror, LOG_IDS[log])).filter(({ id }) => !known.has(id));
  const all = [...rows, ...listed];
  const places = all.flatMap(({ indices }) => placesIn(indices));
  return {
    has: (index) => places.some(({ begin, end }) => index >= begin && index < end),
    months: [...new Set(all.map(({ month }) => month))],
    untold: listed.length,
  };
}

/** A multirange as PostgreSQL writes it: `{[0,300),[310,311)}`. */
function placesIn(indices: string): Place[] {
  return [...indices.matchAll(/\[(\d+),(\d+)\)/g)].map(([, begin = '', end = '']) => ({
    begin: BigInt(begin),
    end: BigInt(end),
  }));
}

const DAMAGED = `${ERASURE_LIST} of the mirror is damaged`;

async function periodsListed(mirror: string, logId: number): Promise<Row[]> {
  const text = await readFile(join(mirror, ERASURE_LIST), 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
  if (text === undefined) return [];
  if (!text.startsWith('{"list":"entremise-erasures",')) throw new Error(DAMAGED);
  const lines = text
    .split('\n')
    .slice(1)
    .filter((line) => line !== '')
    .map(readLine);
  return lines.flatMap((line) => (line.kind === 'period' && line.log_id === logId ? [line] : []));
}

const lineSchema = z.union([
  z.object({
    id: z.uuid(),
    kind: z.literal('period'),
    log_id: z.union([z.literal(1), z.literal(2)]),
    month: z.iso.date(),
    indices: z.string().regex(/^\{(\[\d+,\d+\)(,\[\d+,\d+\))*)?\}$/),
  }),
  z.object({ id: z.uuid(), kind: z.enum(['field', 'person', 'retention']) }),
]);

function readLine(line: string): z.output<typeof lineSchema> {
  try {
    return lineSchema.parse(JSON.parse(line));
  } catch {
    throw new Error(DAMAGED);
  }
}
