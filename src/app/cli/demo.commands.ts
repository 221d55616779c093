import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { codeAt, secretFromBase32, stepAt } from '#identity';
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
    const file = join(io.env.ENTREMISE_DATA ?? join(projectRoot(), '.data'), 'demo.json');
    const text = await readFile(file, 'utf8').catch(() => {
      throw new CommandError('la démonstration ne tourne pas : lancez « npm run demo »');
    });
    const { accounts } = description.parse(JSON.parse(text));
    const email = given.argument('ADRESSE').trim().toLowerCase();
    const account = accounts.find((candidate) => candidate.email === email);
    if (!account) {
      const known = accounts.map((candidate) => `  ${candidate.email}`).join('\n');
      throw new CommandError(`aucun compte n’a l’adresse « ${email} » ; il y a :\n${known}`);
    }
    io.out(codeAt(secretFromBase32(account.totpSecret), stepAt(systemClock.now())));
  },
};

export const demoCommands: readonly Command[] = [code];
