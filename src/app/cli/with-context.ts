import { assertNodeRegistered } from '#journal';
import type { Needs } from '#platform/config/config.ts';
import type { AppContext } from '#platform/context.ts';
import type { FieldErrors } from '#platform/http/form.ts';
import { systemClock } from '#platform/time/clock.ts';
import { openContext, type ProgramRole } from '../context.ts';
import { CommandError, type Io } from './command.ts';

/** Opens the context of a role for the time of one command. `needs`: what it uses beyond databases and keys. */
export async function withContext<Result>(
  { env }: Io,
  role: ProgramRole,
  work: (ctx: AppContext) => Promise<Result>,
  needs: Needs = 'data',
): Promise<Result> {
  const { ctx, close } = openContext({ LOG_LEVEL: 'warn', ...env }, role, systemClock, needs);
  try {
    return await work(ctx);
  } finally {
    await close();
  }
}

/**
 * The same, for a command that writes in the journal. Refused, as the start of a server is, while the node key of the ring may not
 * write there (a restored database may have forgotten it): the entry would be put aside, and the act would stand alone.
 */
export function withNode<Result>(
  io: Io,
  role: ProgramRole,
  work: (ctx: AppContext) => Promise<Result>,
  needs?: Needs,
): Promise<Result> {
  const checked = async (ctx: AppContext) => {
    await assertNodeRegistered(ctx.db, ctx.keys).catch((error: Error) => {
      throw 'code' in error ? error : new CommandError(error.message);
    });
    return work(ctx);
  };
  return withContext(io, role, checked, needs);
}

/** The messages of a use case, each beside the option it is about. `options` says which option gives which field. */
export function refusedFields(errors: FieldErrors, options: Readonly<Record<string, string>>): CommandError {
  const lines = Object.entries(errors).map(([field, message]) => `${options[field] ?? field} : ${message}`);
  return new CommandError(lines.join('\n'));
}
