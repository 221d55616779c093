import { ConfigurationError } from '#platform/config/config.ts';

/** Errors whose message is made for the person who starts the program: shown without a stack. */
const FOR_PEOPLE = new Set(['ConfigurationError', 'PortTakenError', 'ClusterError', 'RangeError']);

/** Says why a program does not start, and ends it with status 1. */
export function failToStart(error: unknown): void {
  const readable = error instanceof ConfigurationError || (error instanceof Error && FOR_PEOPLE.has(error.name));
  console.error(readable ? (error as Error).message : error);
  process.exitCode = 1;
}
