import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseEnv } from 'node:util';
import { z } from 'zod';
import { codeAt, secretFromBase32, stepAt } from '#identity';
import type { Environment } from '#platform/config/variables.ts';
import { projectRoot } from '#platform/root.ts';
import { systemClock } from '#platform/time/clock.ts';
import { type Command, CommandError } from './command.ts';

const description = z.looseObject({
  accounts: z.array(z.looseObject({ email: z.string(), totpSecret: z.string() })),
});

const code: Command = {
  name: 'demo code',
  summary: 'Le code à six chiffres d’un compte de la démonstration qui tourne.',
  arguments: ['ADRESSE'],
  async run(given, io) {
    const { accounts } = description.parse(JSON.parse(await demoFile(io.env, 'demo.json')));
    const email = given.argument('ADRESSE').trim().toLowerCase();
    const account = accounts.find((candidate) => candidate.email === email);
    if (!account) {
      const known = accounts.map((candidate) => `  ${candidate.email}`).join('\n');
      throw new CommandError(`aucun compte n’a l’adresse « ${email} » ; il y a :\n${known}`);
    }
    io.out(codeAt(secretFromBase32(account.totpSecret), stepAt(systemClock.now())));
  },
};

/**
 * The environment of the demonstration that runs, as it wrote it, and nothing of the one given but where its data are: no
 * command meant for it can reach another service. Throws a CommandError when it does not run.
 */
export async function demoEnvironment(env: Environment): Promise<Environment> {
  const { ENTREMISE_DATA } = env;
  return { ...parseEnv(await demoFile(env, 'demo.env')), ...(ENTREMISE_DATA ? { ENTREMISE_DATA } : {}) };
}

async function demoFile({ ENTREMISE_DATA }: Environment, name: string): Promise<string> {
  const folder = ENTREMISE_DATA ?? join(projectRoot(), '.data');
  return readFile(join(folder, name), 'utf8').catch(() => {
    throw new CommandError(
      `la démonstration ne tourne pas : rien dans ${folder}. Lancez « npm run demo », ou dites son dossier par ENTREMISE_DATA`,
    );
  });
}

export const demoCommands: readonly Command[] = [code];
