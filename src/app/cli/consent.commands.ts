import { verifyConsent } from '#consent';
import { type Command, CommandError } from './command.ts';
import { withContext } from './with-context.ts';

const verify: Command = {
  name: 'consent verify',
  summary: 'Recalcule la preuve du consentement d’un mandat : ce qui tient, et ce que cela ne prouve pas.',
  arguments: ['NUMERO'],
  async run(given, io) {
    // the app's role cannot read the leaves of the journal; the owner's, when it is known, checks them too
    const role = io.env.OWNER_DATABASE_URL ? 'owner' : 'app';
    const found = await withContext(io, role, (ctx) => verifyConsent(ctx, given.argument('NUMERO')));
    if (!found) throw new CommandError(`aucun mandat n’a le numéro « ${given.argument('NUMERO')} »`);
    io.out(`Mandat ${found.number}\n`);
    for (const { name, holds, detail } of found.checks) io.out(`${holds ? 'OK   ' : 'FAUX '} ${name}\n      ${detail}`);
    io.out('\nCe que cela ne prouve pas :');
    for (const sentence of found.doesNotProve) io.out(`  - ${sentence}`);
    if (!found.holds) throw new CommandError('La preuve ne tient pas.');
    io.say('\nLa preuve tient.');
  },
};

export const consentCommands: readonly Command[] = [verify];
