import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { cosignedElsewhere, knownSizes, LOGS, type LogName, type Reconciled, rebaseline, reconcile } from '#journal';
import { readSealing, type Sealing } from '#platform/config/config.ts';
import type { AppContext } from '#platform/context.ts';
import { type Command, CommandError, type Given, type Io } from './command.ts';
import { type Followed, followAll, tellFollowed, unfollowed } from './follow-put-back.ts';
import { withContext } from './with-context.ts';

const reconcileCommand: Command = {
  name: 'journal reconcile',
  summary:
    'Après le retour à une sauvegarde plus ancienne : remet à leur place les entrées perdues, depuis le miroir. Arrêtez ' +
    'd’abord les programmes « worker ».',
  options: {
    log: { hint: 'actes ou acces ; les deux sans rien dire' },
    checkpoint: { hint: 'le dernier point de contrôle publié, si ni les témoins ni le miroir ne le donnent' },
    policy: { hint: 'la politique qui le vérifie, si la base ne connaît plus ses clés' },
    whole: { hint: 'compare tout depuis la première entrée : des entrées manquent au milieu', flag: true },
  },
  async run(given, io) {
    const sealing = readSealing(io.env);
    await withContext(
      io,
      'owner',
      async (ctx) => {
        let failed = 0;
        for (const log of logsMeant(given)) {
          const done = await putBack(ctx, log, sealing, given);
          tell(io, log, done);
          await tellErasures(io, log, done, sealing.mirror);
          if (done.followed) tellFollowed(io, done.followed);
          failed += done.strange.length + (done.followed ? unfollowed(done.followed) : 0);
        }
        if (failed > 0) throw new CommandError(`${failed} acte(s) ${NOT_FOLLOWED}`, 3);
      },
      'journal',
    );
  },
};

const NOT_FOLLOWED =
  'revenu(s) sans que rien ne suive, ou qui n’en sont pas : regardez chaque « ATTENTION » (« journal check »). Si la clé ' +
  'd’un de vos serveurs n’est plus inscrite, « journal register-node » avec elle, puis recommencez. Tout le reste est à sa place.';

async function putBack(ctx: AppContext, log: LogName, sealing: Sealing, given: Given): Promise<Reconciled<Followed>> {
  const [checkpoint, policy] = [fileOf(given, 'checkpoint'), fileOf(given, 'policy')];
  const cosigned = granted(
    await cosignedElsewhere(ctx, log, sealing, {
      ...(checkpoint === undefined ? {} : { notes: [checkpoint] }),
      ...(policy === undefined ? {} : { policyText: policy }),
    }),
  );
  const known = granted(await knownSizes(ctx, log, sealing, policy));
  return granted(
    await reconcile(ctx, log, {
      mirror: sealing.mirror,
      cosigned,
      known,
      whole: given.flag('whole'),
      follow: (trx, lost) => followAll(ctx, trx, log, lost),
    }),
  );
}

const ERASES = /^(erasure\.(field|person|period)|retention\.applied)$/;

/** Entries that tell erasures came back, and with the backup what they had erased: it must go again, before anything else. */
async function tellErasures(io: Io, log: LogName, { lost }: Reconciled, mirror: string): Promise<void> {
  const erasures = lost.filter(({ kind }) => ERASES.test(kind));
  const lifted = lost.filter(({ kind }) => kind === 'hold.lifted');
  for (const { id, kind, writtenAt } of erasures)
    io.say(
      `ATTENTION : ${log}, ${kind} du ${writtenAt}, entrée ${id} : ce qui était effacé est revenu avec la sauvegarde.`,
    );
  if (lifted.length > 0)
    io.say(`ATTENTION : ${lifted.length} gel(s) levé(s) sont revenus : « journal holds », puis « journal lift-hold ».`);
  if (erasures.length === 0) return;
  io.say('Il faut maintenant « journal erasures replay », avec erasures.jsonl du miroir : il efface de nouveau.');
  const list = await readFile(join(mirror, 'erasures.jsonl'), 'utf8').catch(() => '');
  for (const { id } of erasures.filter(
    ({ kind, id: one }) => kind !== 'retention.applied' && !list.includes(`"${one}"`),
  ))
    io.say(
      `La liste du miroir ne connaît pas ${id} : rien ici ne dit qui. Cherchez une autre copie de cette liste ; sans elle, ` +
        'retrouvez la demande et effacez de nouveau.',
    );
}

/** The acts whose rows were gone, one a line: what else they did in the database is to be looked for. */
function tell(io: Io, log: LogName, { from, to, lost, strange, erased, toReplay }: Reconciled): void {
  for (const { index, id, kind, writtenAt } of lost) io.out([log, index, id, kind, writtenAt].join('\t'));
  const compared = to > from ? `entrées ${from} à ${to - 1n} comparées` : 'rien ne manquait';
  io.say(`${log} : ${compared}, ${lost.length} remises à leur place.`);
  if (erased > 0n) io.say(`${log} : ${erased} entrées restent effacées : leurs empreintes seules sont à leur place.`);
  if (toReplay > 0)
    io.say('La base ne connaît pas tous les effacements : « journal erasures replay », avec erasures.jsonl du miroir.');
  for (const { index, id } of strange)
    io.say(
      `ATTENTION : ${log}, place ${index} (${id}) : ce qui y est scellé n’est pas une entrée. Personne des nôtres ne l’a écrit ; ` +
        'ses octets sont à leur place, rien d’autre.',
    );
  if (lost.length > 0)
    io.say(
      'Ce que ces actes avaient donné ou changé dans la base est perdu : voyez la liste. Ce qu’ils avaient retiré suit.',
    );
}

const rebaselineCommand: Command = {
  name: 'journal rebaseline',
  summary:
    'Après une restauration dans une autre base (pg_dump) : relit toutes les entrées et laisse le journal continuer. ' +
    'Arrêtez d’abord les programmes « worker ».',
  options: { log: { hint: 'actes ou acces ; les deux sans rien dire' } },
  async run(given, io) {
    const sealing = readSealing(io.env);
    await withContext(
      io,
      'owner',
      async (ctx) => {
        for (const log of logsMeant(given)) {
          const { sealed, size } = granted(await rebaseline(ctx, log, granted(await knownSizes(ctx, log, sealing))));
          io.say(`${log} : ${sealed} entrées attendaient ; le journal continue à ${size}.`);
        }
      },
      'journal',
    );
  },
};

function logsMeant(given: Given): readonly LogName[] {
  const log = given.text('log');
  if (log === undefined) return LOGS;
  if (log === 'actes' || log === 'acces') return [log];
  throw new CommandError(`« ${log} » n’est pas un journal : actes ou acces`);
}

/** The text of the file that an option names. */
export function fileOf(given: Given, option: string): string | undefined {
  const path = given.text(option);
  if (path === undefined) return undefined;
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw new CommandError(`--${option} : ${path} ne se lit pas (${(error as NodeJS.ErrnoException).code})`);
  }
}

/** What was answered, unless it was refused: a CommandError says why. */
export function granted<Answer extends object>(answer: Answer): Exclude<Answer, { refused: string }> {
  if ('refused' in answer) throw new CommandError(String(answer.refused));
  return answer as Exclude<Answer, { refused: string }>;
}

export const journalSealCommands: readonly Command[] = [reconcileCommand, rebaselineCommand];
