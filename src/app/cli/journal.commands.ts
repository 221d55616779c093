import { registerNode } from '#journal';
import type { Command } from './command.ts';
import { withContext } from './with-context.ts';

const registerNodeCommand: Command = {
  name: 'journal register-node',
  summary: 'Permet à la clé « journalNode » en tête du trousseau d’écrire dans le journal.',
  async run(_given, io) {
    const isNew = await withContext(io, 'owner', (ctx) => registerNode(ctx, ctx.db));
    io.say(isNew ? 'Clé inscrite.' : 'Cette clé était déjà inscrite.');
  },
};

export const journalCommands: readonly Command[] = [registerNodeCommand];
