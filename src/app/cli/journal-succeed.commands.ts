import { type Succeeded, type Succeeding, succeed } from '#journal';
import { parseOrigin, SUCCESSION_REASONS, type SuccessionReason } from '#journal/verify';
import { readSealing } from '#platform/config/config.ts';
import { type Command, CommandError, type Io, required } from './command.ts';
import { logMeant } from './journal-meant.ts';
import { fileOf, granted } from './journal-seal.commands.ts';
import { withContext } from './with-context.ts';

const succeedCommand: Command = {
  name: 'journal succeed',
  summary:
    'Quand un journal ne peut plus continuer sous son nom (arbre perdu partout, clé perdue et refusée) : le clôt et en ouvre un ' +
    'autre à sa suite, dans la même base. Arrêtez d’abord les programmes « worker ».',
  options: {
    log: { hint: 'actes ou acces', required: true },
    because: { hint: `pourquoi : ${SUCCESSION_REASONS.join(', ')}`, required: true },
    closed: { hint: 'le dernier point de contrôle publié, si ni les témoins, ni le miroir, ni la base ne le donnent' },
    policy: { hint: 'la politique qui le vérifie, si la base ne connaît plus ses clés' },
    confirm: { hint: 'le nom du journal à clore, en entier ; sans lui, rien n’est fait : ce qui le serait est dit' },
  },
  async run(given, io) {
    const log = logMeant(required(given, 'log'));
    const reason = reasonMeant(required(given, 'because'));
    const sealing = readSealing(io.env);
    const [note, policyText, confirmed] = [fileOf(given, 'closed'), fileOf(given, 'policy'), given.text('confirm')];
    const asked = {
      reason,
      ...(note !== undefined && { note }),
      ...(policyText !== undefined && { policyText }),
      ...(confirmed !== undefined && { confirmed }),
    };
    const answer = granted(await withContext(io, 'owner', (ctx) => succeed(ctx, log, sealing, asked), 'journal'));
    if ('done' in answer) return tellDone(io, answer.done);
    tellPlan(io, answer.planned);
    throw new CommandError(
      `Rien n’est fait. Pour le faire : la même commande, avec --confirm ${answer.planned.closed}`,
    );
  },
};

function reasonMeant(typed: string): SuccessionReason {
  const reason = SUCCESSION_REASONS.find((one) => one === typed);
  if (!reason)
    throw new CommandError(`--because : « ${typed} » n’est pas de la liste : ${SUCCESSION_REASONS.join(', ')}`);
  return reason;
}

function tellPlan(io: Io, { closed, size, seen, origin, kept }: Succeeding): void {
  const end = seen > size ? seen : size;
  io.say(`${closed} : dernier point de contrôle cosigné à ${size} entrées ; quelqu’un en a vu ${seen}.`);
  io.say(`Il serait clos, et ${origin} continuerait avec ses ${kept} premières entrées à leur place.`);
  if (kept < end) {
    io.say(
      `Les places ${kept} à ${end - 1n} sont perdues ou ne se prouvent plus : les entrées qui restent dans la base`,
    );
    io.say('seraient scellées de nouveau, à la suite. Cherchez encore une copie du miroir avant de confirmer.');
  }
}

function tellDone(io: Io, { log, closed, origin, kept, n, sealed }: Succeeded): void {
  io.say(
    `${closed} est clos. ${origin} continue : ${kept} entrées gardées à leur place, ${sealed} scellées à la suite.`,
  );
  io.say(`L’arbre clos est entier dans les tables journal.closed_${n}_…`);
  io.say('Ensuite, dans cet ordre :');
  const steps = [
    `JOURNAL_SHARDS : ajoutez ${log}=${parseOrigin(origin)?.shard}, pour tous les programmes et pour ces commandes ; redémarrez le serveur`,
    `npm run cli -- journal keys --log ${log} : mettez la clé écrite dans SIGNER_KEYS, à la place de celle de ${closed}`,
    'donnez la clé publique aux témoins ; chez eux, et pour le signataire : --init, une fois, puis redémarrez',
    'npm run cli -- journal announce-keys --key … (la même clé publique)',
    'redémarrez les workers ; puis npm run cli -- journal check',
    'dites-le aux auditeurs : ils gardent l’ancienne politique, et prennent la nouvelle',
  ];
  for (const [at, step] of steps.entries()) io.say(`  ${at + 1}. ${step}`);
}

export const journalSucceedCommands: readonly Command[] = [succeedCommand];
