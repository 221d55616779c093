import { listOrganisations } from '#organisation';
import { readVariables } from '#platform/config/variables.ts';
import { randomToken } from '#platform/crypto/hashes.ts';
import { seed } from '../seed/seed.ts';
import { type Command, CommandError } from './command.ts';
import { withContext } from './with-context.ts';

const seedCommand: Command = {
  name: 'seed',
  summary: 'Remplit une base vide d’exemples inventés : structures, aidants, usagers, mandats. Jamais en production.',
  options: { 'client-id': { hint: 'identifiant de FranceConnect chez nous ; franceconnect sinon' } },
  async run(given, io) {
    const { WORKER_DATABASE_URL: workerUrl } = readVariables(io.env, ['WORKER_DATABASE_URL']);
    const clientSecret = io.env.CLIENT_SECRET || randomToken();
    const clientId = given.text('client-id') ?? 'franceconnect';
    const accounts = await withContext(
      io,
      'app',
      async (ctx) => {
        if ((await listOrganisations(ctx.db)).length > 0) {
          throw new CommandError('la base a déjà des structures : rien n’a été ajouté');
        }
        const franceconnect = ctx.config.franceconnect.issuer;
        const client = { clientId, clientSecret, franceconnect };
        return seed(ctx, { accountsSecret: randomToken(), client, workerUrl });
      },
      'service',
    );
    for (const { email, totpSecret, organisation } of accounts) io.out([email, totpSecret, organisation].join('\t'));
    io.say(`Client ${clientId}, secret ${clientSecret}. Tout cela ne sera plus montré.`);
  },
};

export const seedCommands: readonly Command[] = [seedCommand];
