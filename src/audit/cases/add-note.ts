import { leaveNotice } from '#identity';
import { record } from '#journal';
import { type AppContext, inTransaction } from '#platform/context.ts';
import { uuidv7 } from '#platform/ids/ids.ts';
import type { WhoActs } from '../scope.ts';
import { caseNoted } from './case.events.ts';
import { type CaseRow, findCase } from './case.queries.ts';
import { hashOf, sealNote } from './case-texts.ts';
import { aboutOf, underMandate } from './put-in-case.ts';

/** Writes a note, for ever: nobody changes or removes one. Possible after the decision too. Undefined when the case is not theirs. */
export async function addNote(
  ctx: AppContext,
  who: WhoActs,
  { caseId, note }: { caseId: string; note: string },
): Promise<CaseRow | undefined> {
  return inTransaction(ctx, async (trx) => {
    const row = await findCase(trx, who, caseId);
    if (!row) return undefined;
    const now = ctx.clock.now();
    const id = uuidv7(now);
    const { auditorId } = who;
    await trx
      .insertInto('auditCaseNote')
      .values({ id, caseId, authorId: auditorId, sealed: sealNote(ctx, id, note), writtenAt: now })
      .execute();
    const noted = caseNoted.event({
      ...{ actor: {}, result: 'ok', ...underMandate(aboutOf(row)) },
      clear: { auditor: auditorId, case: caseId, note: id },
      committed: { sha256: hashOf(note) },
      subject: { kind: 'auditor', id: auditorId },
    });
    await record(ctx, trx, noted);
    await leaveNotice(trx, who.sessionIdHash, 'note-ecrite');
    return row;
  });
}
