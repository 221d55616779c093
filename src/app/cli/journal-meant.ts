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

/** What a command takes for a person, as its help says it. */
export const PERSON_HINT = 'identifiant de la personne (un UUID), ou numéro d’un de ses mandats';

const MANDATE_NUMBER = /^[0-9A-HJKMNP-TV-Z]{16}$/;

/** The id of a person: as it is, or of who gave the mandate of this number. Throws a CommandError for anything else. */
export async function personMeant(ctx: AppContext, typed: string): Promise<string> {
  const id = typed.trim().toLowerCase();
  if (isUuid(id)) return id;
  if (MANDATE_NUMBER.test(normaliseCrockford(typed))) return (await mandateMeant(ctx, typed)).usagerId;
  throw new CommandError(
    `« ${typed} » ne désigne personne. Il faut : ${PERSON_HINT} (16 signes, avec ou sans espaces)`,
  );
}

/** The mandate of a number, typed with spaces or not. Throws a CommandError when there is none. */
export async function mandateMeant({ db }: AppContext, typed: string) {
  const found = await findMandateOfNumber(db, normaliseCrockford(typed));
  if (!found) throw noSuchMandate(typed);
  return found;
}

/** A number that names no mandate says nothing of why: whoever is erased leaves no trace of theirs. */
export function noSuchMandate(typed: string): CommandError {
  return new CommandError(`aucun mandat n’a le numéro « ${typed} » : il est mal écrit, ou le mandat a été effacé`);
}
