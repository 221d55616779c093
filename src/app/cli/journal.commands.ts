import { nodeKeysInForce, registerNode, revokeNode } from '#journal';
import { type Command, CommandError } from './command.ts';
import { withContext, withNode } from './with-context.ts';

const registerNodeCommand: Command = {
  name: 'journal register-node',
  summary: 'Permet à la clé « journalNode » en tête du trousseau d’écrire dans le journal.',
  async run(_given, io) {
    const isNew = await withContext(io, 'owner', (ctx) => registerNode(ctx, ctx.db));
    io.say(isNew ? 'Clé inscrite.' : 'Cette clé était déjà inscrite.');
  },
};

const REFUSALS = {
  unknown: 'Aucune clé de ce nom n’est inscrite au journal.',
  current:
    'C’est la clé en tête du trousseau, qui signerait cette entrée : mettez-en une autre devant, inscrivez-la (« journal ' +
    'register-node »), redémarrez les programmes avec elle, puis recommencez.',
};

const revokeNodeCommand: Command = {
  name: 'journal revoke-node',
  summary: 'Révoque une clé « journalNode », pour toujours : ce qu’elle signe ensuite est mis à l’écart.',
  arguments: ['CLÉ'],
  hints: {
    CLÉ: 'le nom de la clé (« kid ») : « keys rotate » dit l’ancien et le nouveau ; avec un nom inconnu, celles en vigueur sont montrées',
  },
  async run(given, io) {
    const revoked = await withNode(io, 'owner', async (ctx) => {
      const done = await revokeNode(ctx, ctx.db, given.argument('CLÉ'));
      if (done.ok) return done;
      const inForce = (await nodeKeysInForce(ctx.db)).join(', ');
      throw new CommandError(`${REFUSALS[done.reason]} En vigueur, la plus récente d’abord : ${inForce}.`);
    });
    const since = revoked.revokedAt.toISOString();
    io.say(revoked.isNew ? `Clé révoquée (${since}), et c’est inscrit dans le journal.` : `Déjà révoquée (${since}).`);
  },
};

export const journalCommands: readonly Command[] = [registerNodeCommand, revokeNodeCommand];
