import { z } from 'zod';
import { ConfigurationError } from '#platform/config/variables.ts';
import { isDatabaseAway } from '#platform/db/database.ts';
import { aidantCommands } from './aidant.commands.ts';
import { alertCommands } from './alert.commands.ts';
import { auditorCommands } from './auditor.commands.ts';
import { clientCommands } from './client.commands.ts';
import { type Command, CommandError, type Io } from './command.ts';
import { complaintCommands } from './complaint.commands.ts';
import { consentCommands } from './consent.commands.ts';
import { databaseCommands } from './database.commands.ts';
import { demoCommands, demoEnvironment } from './demo.commands.ts';
import { journalCommands } from './journal.commands.ts';
import { journalCareCommands } from './journal-care.commands.ts';
import { journalExportCommands } from './journal-export.commands.ts';
import { journalKeysCommands } from './journal-keys.commands.ts';
import { journalSealCommands } from './journal-seal.commands.ts';
import { journalSucceedCommands } from './journal-succeed.commands.ts';
import { keysCommands } from './keys.commands.ts';
import { organisationCommands } from './organisation.commands.ts';
import { readGiven, usageOf } from './read-given.ts';
import { seedCommands } from './seed.commands.ts';

export const commands: readonly Command[] = [
  ...databaseCommands,
  ...seedCommands,
  ...keysCommands,
  ...organisationCommands,
  ...aidantCommands,
  ...auditorCommands,
  ...complaintCommands,
  ...alertCommands,
  ...consentCommands,
  ...journalCommands,
  ...journalSealCommands,
  ...journalSucceedCommands,
  ...journalCareCommands,
  ...journalExportCommands,
  ...journalKeysCommands,
  ...clientCommands,
  ...demoCommands,
];

/**
 * Runs one command. Returns the exit status: 0 done, 1 refused or failed (or what the command says), 2 badly typed. `--demo` in
 * front: on the demonstration that runs, whatever the environment says.
 */
export async function runCli(typed: readonly string[], io: Io): Promise<number> {
  if (typed[0] !== '--demo') return runTyped(typed, io);
  const env = await demoEnvironment(io.env).catch((error: unknown) => {
    io.say(explain(error));
    return undefined;
  });
  return env ? runTyped(typed.slice(1), { ...io, env }) : 1;
}

async function runTyped(args: readonly string[], io: Io): Promise<number> {
  const [first] = args;
  if (first === undefined || first === 'help' || first === '--help') {
    io.out(helpFor(args.slice(1)));
    return 0;
  }
  const command = findCommand(args);
  if (!command) {
    io.say(`commande inconnue : ${args.slice(0, 2).join(' ')}\n\n${helpFor([first])}`);
    return 2;
  }
  const rest = args.slice(command.name.split(' ').length);
  if (rest.includes('--help')) {
    io.out(usageOf(command));
    return 0;
  }
  try {
    await command.run(readGiven(command, rest), io);
    return 0;
  } catch (error) {
    io.say(explain(error));
    return error instanceof CommandError ? error.status : 1;
  }
}

/** « keys rotate » before « keys »: the longest name that fits. */
function findCommand(args: readonly string[]): Command | undefined {
  return [3, 2, 1]
    .map((words) =>
      commands.find(({ name }) => name.split(' ').length === words && name === args.slice(0, words).join(' ')),
    )
    .find(Boolean);
}

function helpFor(words: readonly string[]): string {
  const named = commands.filter(({ name }) => words.length > 0 && `${name} `.startsWith(`${words.join(' ')} `));
  if (named.length > 0) return named.map(usageOf).join('\n\n');
  const width = Math.max(...commands.map((command) => headOf(command).length)) + 2;
  const lines = commands.map((command) => `  ${headOf(command).padEnd(width)}${command.summary}`);
  const DEMO = 'npm run cli -- --demo COMMANDE : sur la démonstration qui tourne, sans rien configurer.';
  return ['npm run cli -- COMMANDE', '', ...lines, '', 'npm run cli -- help COMMANDE dit ses options.', DEMO].join(
    '\n',
  );
}

function headOf({ name, arguments: names = [] }: Command): string {
  return [name, ...names].join(' ');
}

/** What went wrong, for the person; a stack only for what a program caused. */
function explain(error: unknown): string {
  if (error instanceof CommandError || error instanceof ConfigurationError) return error.message;
  if (error instanceof z.ZodError) return z.prettifyError(error);
  if (isDatabaseAway(error))
    return 'La base de données ne répond pas : est-elle démarrée, l’adresse est-elle la bonne ?';
  if (error instanceof AggregateError && error.errors.some(isDatabaseAway)) return explain(error.errors[0]);
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  return DATABASE_REFUSALS[code] ?? (error instanceof Error ? (error.stack ?? error.message) : String(error));
}

/** https://www.postgresql.org/docs/current/errcodes-appendix.html */
const DATABASE_REFUSALS: Readonly<Record<string, string>> = {
  '28P01': 'La base de données refuse ce rôle ou son mot de passe.',
  '28000': 'La base de données refuse ce rôle ou son mot de passe.',
  '3D000': 'Cette base de données n’existe pas.',
  '42501': 'Le rôle de cette commande n’a pas ce droit : vérifiez les adresses des bases et « bootstrap ».',
  '42P01': 'Les tables n’existent pas encore : lancez « npm run cli -- migrate ».',
};
