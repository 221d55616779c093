import { type Logger, pino } from 'pino';

export type { Logger };

/**
 * The program's log, one JSON line per event. Nothing a person typed goes in: callers log ids and codes only.
 * Database errors are reduced to their code, since PostgreSQL's `detail` quotes the row.
 */
export function createLogger(level: string, destination?: NodeJS.WritableStream): Logger {
  const options = {
    level,
    base: null,
    serializers: { err: describeError },
    redact: { paths: ['*.password', '*.secret', '*.token', '*.email'], censor: '[…]' },
  };
  return destination ? pino(options, destination as never) : pino(options);
}

function describeError(error: unknown) {
  if (!(error instanceof Error)) return { type: typeof error };
  const code = 'code' in error && typeof error.code === 'string' ? error.code : undefined;
  const fromDatabase = 'severity' in error;
  const constraint = 'constraint' in error ? error.constraint : undefined;
  return {
    type: error.name,
    code,
    constraint,
    message: fromDatabase ? undefined : error.message.slice(0, 300),
    stack: error.stack
      ?.split('\n')
      .filter((line) => line.startsWith('    at '))
      .slice(0, 12)
      .join('\n'),
  };
}
