import { readFile, writeFile } from 'node:fs/promises';
import { checkJournal, exportErasures, LOGS, replayErasures } from '#journal';
import { closingKinds, eraseFilesAgain } from '#mandate';
import type { AppContext } from '#platform/context.ts';
import { type Command, CommandError, type Io } from './command.ts';
import { journalEraseCommands } from './journal-erase.commands.ts';
import { logMeant } from './journal-meant.ts';
import { retain } from './retain.ts';
import { withContext } from './with-context.ts';

const check: Command = {
  name: 'journal check',
  summary: 'Recalcule tout le journal de la base : empreintes, arbre, index, valeurs gardées, numéros, garde-fous.',
  options: {
    log: { hint: 'actes ou acces ; les deux sans rien dire' },
    since: { hint: 'à partir de quelle entrée (0) ; ce qui précède est pris dans les tuiles' },
  },
  async run(given, io) {
    const since = given.text('since') ?? '0';
    if (!/^[0-9]{1,15}$/.test(since))
      throw new CommandError(`--since : « ${since} » n’est pas une place dans le journal`);
    const asked = given.text('log');
    const logs = asked === undefined ? LOGS : [logMeant(asked)];
    const mirror = io.env.JOURNAL_MIRROR;
    const problems = await withContext(
      io,
      'worker',
      async (ctx) => {
        let found = 0;
        for (const log of logs) {
          const checked = await checkJournal(ctx, {
            ...{ log, since: BigInt(since), closing: closingKinds },
            ...(mirror && { mirror }),
          });
          for (const line of checked.inWords) io.out(line);
          io.say(`${log} : entrées ${checked.first} à ${checked.end} (${checked.inWords.length} anomalie(s)).`);
          found += checked.inWords.length;
        }
        return found;
      },
      'journal',
    );
    if (problems > 0) throw new CommandError('Le journal n’est pas ce qu’il doit être.');
  },
};

const exportList: Command = {
  name: 'journal erasures export',
  summary: 'Écrit la liste des effacements, à appliquer de nouveau après la restauration d’une sauvegarde.',
  options: { out: { hint: 'fichier à écrire ; sans rien dire, la sortie' } },
  async run(given, io) {
    const list = await withContext(io, 'worker', ({ db }) => exportErasures(db));
    const file = given.text('out');
    if (file === undefined) for (const line of list.trimEnd().split('\n')) io.out(line);
    else await writeFile(file, list);
  },
};

const replay: Command = {
  name: 'journal erasures replay',
  summary:
    'Après la restauration d’une sauvegarde : efface de nouveau ce que dit une liste (erasures.jsonl, dans le miroir), puis ' +
    'ce qui est à son terme.',
  arguments: ['LISTE'],
  async run(given, io) {
    const list = await readList(given.argument('LISTE'));
    await withContext(io, 'owner', (ctx) => replayAll(ctx, io, list));
  },
};

async function readList(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch {
    throw new CommandError(`« ${file} » ne se lit pas`);
  }
}

/** The list first; then the jobs, which have terms of their own and may have come later than the backup. */
async function replayAll(ctx: AppContext, io: Io, list: string): Promise<void> {
  let done: Awaited<ReturnType<typeof replayErasures>>;
  try {
    done = await replayErasures(ctx, list, eraseFilesAgain);
  } catch (error) {
    if (error instanceof TypeError)
      throw new CommandError('Ce n’est pas une liste d’effacements entière : rien n’est effacé.');
    throw error;
  }
  if (!done.ok)
    throw new CommandError(
      'Un gel revenu avec la sauvegarde interdit un de ces effacements : rien n’est effacé. « journal holds » les montre ; levez ' +
        'ceux qui l’avaient été, puis recommencez.',
    );
  const { erasures, persons, openings, entries } = done.value;
  io.say(
    `${erasures} effacement(s) appliqué(s) : ${persons} personne(s), ${openings} valeur(s), ${entries} entrée(s).`,
  );
  await retain(ctx);
  io.say('Ce qui était à son terme est effacé aussi.');
}

export const journalCareCommands: readonly Command[] = [check, ...journalEraseCommands, exportList, replay];
