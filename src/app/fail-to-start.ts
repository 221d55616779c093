import { isDatabaseAway } from '#platform/db/database.ts';

/** Why a program cannot start, for the person who starts it. */
export class StartError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'StartError';
  }
}

/** Errors whose message is made for the person who starts the program: shown without a stack. */
const FOR_PEOPLE = new Set(['StartError', 'ConfigurationError', 'PortTakenError', 'ClusterError', 'NotAPortError']);

/** Says why a program does not start, and ends it with status 1. */
export function failToStart(error: unknown): void {
  const readable = error instanceof Error && FOR_PEOPLE.has(error.name);
  console.error(readable ? error.message : error);
  process.exitCode = 1;
}

/** https://www.postgresql.org/docs/current/errcodes-appendix.html */
const DATABASE_REFUSALS: Readonly<Record<string, string>> = {
  '28P01': 'PostgreSQL refuses this role or its password',
  '28000': 'PostgreSQL refuses this role',
  '3D000': 'this database does not exist',
  '42501': 'this role lacks a right: is it the right one, and was `bootstrap` run?',
  '3F000': 'the tables do not exist yet: run `npm run cli -- migrate`',
  '42P01': 'the tables do not exist yet: run `npm run cli -- migrate`',
  '42883': 'the tables are older than the program: run `npm run cli -- migrate`',
};

/** The same error, or one that people can read when the database is what stops the start. `variable` says where it is. */
export function startFault(error: unknown, variable: string): unknown {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  const reason = isDatabaseAway(error)
    ? `the database does not answer (${code || 'no answer'})`
    : DATABASE_REFUSALS[code];
  return reason ? new StartError(`${variable}: ${reason}`, { cause: error }) : error;
}
