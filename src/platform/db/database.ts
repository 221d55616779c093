import { CamelCasePlugin, Kysely, PostgresDialect, type Transaction } from 'kysely';
import pg from 'pg';
import { openPool } from './pool.ts';
import { PreparingClient } from './preparing-client.ts';
import type { DB } from './tables.ts';

export type { DB };
export type Db = Kysely<DB>;
export type Trx = Transaction<DB>;

/**
 * A pool of connections as one role. Sessions that stay idle inside a transaction are ended after 10 s:
 * an open writer holds back the sealing of the journal (journal.md §2.6).
 */
export function openDatabase(
  url: string,
  { max = 10, onError }: { max?: number; onError: (error: Error) => void },
): Db {
  const pool = openPool(url, onError, {
    Client: PreparingClient,
    max,
    connectionTimeoutMillis: 5_000,
    idle_in_transaction_session_timeout: 10_000,
    statement_timeout: 15_000,
    types: { getTypeParser: parserOf },
  });
  return new Kysely<DB>({ dialect: new PostgresDialect({ pool }), plugins: [new CamelCasePlugin()] });
}

/** bigint columns hold counters and TOTP steps, all far below 2^53: read as numbers. */
const parserOf = ((oid: number, format?: 'text' | 'binary') =>
  oid === pg.types.builtins.INT8 ? Number : pg.types.getTypeParser(oid, format)) as typeof pg.types.getTypeParser;

const UNREACHABLE = /^(08|57P0[123]|53300|ECONN|ENOTFOUND|EPIPE|ETIMEDOUT)/;

/** Whether an error says that the database cannot be reached just now (restarting, full, network), so that a retry may work. */
export function isDatabaseAway(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  if ('code' in error && typeof error.code === 'string') return UNREACHABLE.test(error.code);
  return /Connection terminated|is not queryable|timeout exceeded when trying to connect|driver has already been destroyed/.test(
    error.message,
  );
}

/** Whether PostgreSQL undid a transaction to untie it from another: it may be tried again. */
export function isDeadlock(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === '40P01';
}

/** Whether an error is the refusal of the named constraint. */
export function violates(error: unknown, constraint: string): boolean {
  return error instanceof Error && 'constraint' in error && error.constraint === constraint;
}
