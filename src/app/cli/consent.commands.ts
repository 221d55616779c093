import { type Verdict, verifyConsent } from '#consent';
import { type Command, CommandError } from './command.ts';
import { noSuchMandate } from './journal-meant.ts';
import { withContext } from './with-context.ts';

const WORDS: Readonly<Record<Verdict, string>> = { pass: 'OK    ', fail: 'FAUX  ', unverifiable: 'NON VÉRIFIABLE  ' };

const verify: Command = {
  name: 'consent verify',
  summary: 'Recalcule la preuve du consentement d’un mandat : ce qui tient, et ce que cela ne prouve pas.',
  arguments: ['NUMERO'],
  async run(given, io) {
    const found = await withContext(io, 'app', (ctx) => verifyConsent(ctx, given.argument('NUMERO')));
    if (!found) throw noSuchMandate(given.argument('NUMERO'));
    io.out(`Mandat ${found.number}\n`);
    for (const { name, verdict, detail } of found.checks) io.out(`${WORDS[verdict]}${name}\n      ${detail}`);
    io.out('\nCe que cela ne prouve pas :');
    for (const sentence of found.doesNotProve) io.out(`  - ${sentence}`);
    if (found.checks.some(({ verdict }) => verdict === 'fail')) throw new CommandError('La preuve ne tient pas.');
    if (!found.holds) throw new CommandError('La preuve ne peut plus être vérifiée en entier.');
    io.say('\nLa preuve tient.');
  },
};

export const consentCommands: readonly Command[] = [verify];
