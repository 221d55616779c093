import { auditPowers } from '#audit';
import { endSessions, identityPowers } from '#identity';
import {
  type FailedAct,
  type FollowedAct,
  followActs,
  journalPowers,
  type LogName,
  type Lost,
  type PowerKind,
  revokeNodesAgain,
} from '#journal';
import { CAUSE_WORDS, type FollowedPutBack, followPutBack, type LostMandate, mandatePowers } from '#mandate';
import { organisationPowers, themeOf } from '#organisation';
import type { AppContext } from '#platform/context.ts';
import type { Trx } from '#platform/db/database.ts';
import { inGroups } from '#platform/ids/ids.ts';
import { inWords } from '#platform/time/paris.ts';
import type { Io } from './command.ts';

/** What each domain says of what its entries give and take away; ends of mandates have a way of their own. */
export const powers: readonly PowerKind[] = [
  ...journalPowers,
  ...organisationPowers,
  ...identityPowers,
  ...mandatePowers,
  ...auditPowers,
];

export type Followed = {
  sessions: number;
  taken: FollowedAct[];
  left: FollowedAct[];
  mandates: Omit<FollowedPutBack, 'failed'> | undefined;
  failed: FailedAct[];
};

/**
 * In the transaction of `journal reconcile`: what the acts that came back took away is taken away again. Keys of nodes first, since
 * what they signed later says nothing. Sessions end when acts are missing: those that had ended are open again, and nothing says which.
 */
export async function followAll(ctx: AppContext, trx: Trx, log: LogName, lost: readonly Lost[]): Promise<Followed> {
  const sessions = lost.length > 0 ? await endSessions(trx) : 0;
  if (log !== 'actes') return { sessions, taken: [], left: [], mandates: undefined, failed: [] };
  const nodes = await revokeNodesAgain(ctx, trx);
  const acts = await followActs(ctx, trx, powers);
  const mandates = await followPutBack(ctx, trx);
  const taken = [...nodes.taken, ...acts.taken];
  const left = [...nodes.left, ...acts.left];
  const failed = [...nodes.failed, ...acts.failed, ...mandates.failed];
  return { sessions, taken, left, mandates, failed };
}

/** How many things nothing followed, or that cannot be what they say: the command then ends with 3. */
export function unfollowed({ failed, mandates }: Followed): number {
  return failed.length + (mandates?.lost.filter(({ inItsPlace }) => inItsPlace).length ?? 0);
}

/** What followed, in words; of mandates, the cause and the hour that the journal has. */
export function tellFollowed(io: Io, { sessions, taken, left, mandates, failed }: Followed): void {
  if (sessions > 0)
    io.say(`${sessions} session(s) fermée(s)\u00a0: la sauvegarde en avait rouvert, chacun se connecte de nouveau.`);
  for (const { whose, sentence, at, entryId } of taken)
    io.say(
      `Retiré de nouveau, comme le dit le journal\u00a0: ${whose}. ${sentence} (${inWords(at)}, entrée ${entryId})`,
    );
  for (const { whose, sentence, at, entryId } of left)
    io.say(`Non rendu, à refaire s’il le faut\u00a0: ${whose}. ${sentence} (${inWords(at)}, entrée ${entryId})`);
  if (mandates) tellMandates(io, mandates);
  for (const { entryId, why } of failed)
    io.say(`ATTENTION : rien ne suit l’entrée ${entryId}, qui est dans le journal : ${why}.`);
}

function tellMandates(io: Io, { ended, lost, drafts, counting }: Omit<FollowedPutBack, 'failed'>): void {
  if (counting > 0) io.say(`${counting} mandat(s) continuent leurs numéros après ceux des actes revenus.`);
  for (const { number, theme, cause, at } of ended) {
    const what = theme
      ? `le thème « ${themeOf(theme)?.title ?? theme} » du mandat ${inGroups(number)}`
      : `le mandat ${inGroups(number)}`;
    io.say(`Terminé de nouveau, comme le dit le journal : ${what} (${CAUSE_WORDS[cause]}, ${inWords(at)}).`);
  }
  if (drafts > 0) io.say(`${drafts} préparation(s) de mandat refermée(s), comme le dit le journal.`);
  for (const one of lost) io.say(`ATTENTION : ${lostInWords(one)}`);
}

function lostInWords({ entryId, concludedAt, inItsPlace, organisationId, organisationName }: LostMandate): string {
  const structure = organisationName ? `« ${organisationName} »` : (organisationId ?? 'qui l’a conclu');
  const mandate = `le mandat conclu ${inWords(concludedAt)} (entrée ${entryId})`;
  if (inItsPlace === undefined)
    return (
      `${mandate} n’est plus dans la base : personne ne peut s’en servir, ni le terminer. ` +
      `Prévenez la structure ${structure}.`
    );
  return (
    `${mandate} est plus récent que la sauvegarde, et la base a sous son nom le mandat ${inGroups(inItsPlace)} : rien ne prouve que ` +
    `c’est lui. Quelqu’un a pu l’écrire. Ne vous y fiez pas, faites-le terminer ; prévenez la structure ${structure}.`
  );
}
