import { readFile, writeFile } from 'node:fs/promises';
import {
  checkJournal,
  exportErasures,
  LOGS,
  type LogName,
  ROGUE_WORDS,
  replayErasures,
  type SetAsideEntry,
} from '#journal';
import { eraseFilesAgain } from '#mandate';
import type { AppContext } from '#platform/context.ts';
import { inDigits } from '#platform/time/paris.ts';
import { domainsTold } from '../wiring.ts';
import { type Command, CommandError, type Io } from './command.ts';
import { journalEraseCommands } from './journal-erase.commands.ts';
import { logMeant } from './journal-meant.ts';
import { retain } from './retain.ts';
import { withContext } from './with-context.ts';

/** The status of `journal check` when nothing is wrong, and entries that are not of the journal were put aside. */
const ONLY_ASIDE = 3;

function asideInWords(log: LogName, { id, recordedAt, foundAt, reason }: SetAsideEntry): string {
  // whoever has the worker's password may have written another one
  const why = (ROGUE_WORDS as Readonly<Record<string, string>>)[reason] ?? 'pour un motif qui n’est pas des nôtres';
  return `information\u00a0: ${log}, entrée ${id} du ${recordedAt}, mise à l’écart le ${inDigits(foundAt)} (${why})`;
}

const check: Command = {
  name: 'journal check',
  summary:
    'Recalcule tout le journal de la base : empreintes, arbre, index, valeurs gardées, numéros, garde-fous. Sortie : 0, rien à ' +
    'dire ; 1, des anomalies ; 3, aucune anomalie, mais des entrées étrangères sont mises à l’écart.',
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
    const { found: problems, setAside } = await withContext(
      io,
      'worker',
      async (ctx) => {
        let [found, setAside] = [0, 0];
        for (const log of logs) {
          const asked = { log, since: BigInt(since), ...domainsTold, ...(mirror && { mirror }) };
          const { first, end, inWords, aside } = await checkJournal(ctx, asked);
          for (const line of inWords) io.out(line);
          for (const one of aside.first) io.out(asideInWords(log, one));
          const others = aside.count > 0 ? ` ; mises à l’écart : ${aside.count}` : '';
          io.say(`${log} : entrées ${first} à ${end} (${inWords.length} anomalie(s)${others}).`);
          found += inWords.length;
          setAside += aside.count;
        }
        return { found, setAside };
      },
      'journal',
    );
    if (problems > 0) throw new CommandError('Le journal n’est pas ce qu’il doit être.');
    if (setAside > 0)
      throw new CommandError(
        'Le journal est ce qu’il doit être. Les entrées mises à l’écart n’en sont pas : quelqu’un a écrit dans la base. Elles ' +
          'y restent ; si l’incident est connu, il n’y a rien d’autre à faire.',
        ONLY_ASIDE,
      );
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
