import { LOGS, type LogName } from '#journal';
import { findMandateOfNumber } from '#mandate';
import type { AppContext } from '#platform/context.ts';
import { isUuid, normaliseCrockford } from '#platform/ids/ids.ts';
import { CommandError } from './command.ts';

/** The log that is typed: actes or acces. Throws a CommandError for anything else. */
export function logMeant(typed: string): LogName {
  const log = LOGS.find((one) => one === typed);
  if (!log) throw new CommandError(`« ${typed} » n’est pas un journal : actes ou acces`);
  return log;
}

/** A month of the journal, as it is typed: 2025-10. */
export function monthMeant(typed: string): string {
  if (!/^[0-9]{4}-(0[1-9]|1[0-2])$/.test(typed)) throw new CommandError(`« ${typed} » n’est pas un mois : 2025-10`);
  return typed;
}

/** The id of a person: as it is, or of who gave the mandate of this number. */
export async function personMeant(ctx: AppContext, typed: string): Promise<string> {
  return isUuid(typed.toLowerCase()) ? typed.toLowerCase() : (await mandateMeant(ctx, typed)).usagerId;
}

/** The mandate of a number, typed with spaces or not. */
export async function mandateMeant({ db }: AppContext, typed: string) {
  const found = await findMandateOfNumber(db, normaliseCrockford(typed));
  if (!found) throw new CommandError(`aucun mandat n’a le numéro « ${typed} »`);
  return found;
}
