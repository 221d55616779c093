import { type JournalEvent, placeHoldIn, record } from '#journal';
import { type AppContext, inTransaction } from '#platform/context.ts';
import { type Trx, violates } from '#platform/db/database.ts';
import { randomCrockford, uuidv7 } from '#platform/ids/ids.ts';
import type { Who } from '../scope.ts';
import { caseEntryAdded, caseOpened } from './case.events.ts';
import { findCase, findCaseOfComplaint, lockCase } from './case.queries.ts';
import { MOST_ADDED, MOST_IN_A_CASE } from './case.rules.ts';
import { sealSubject } from './case-texts.ts';
import type { Resolved } from './resolve-gathered.ts';

export type PutInCase =
  | { ok: true; caseId: string; added: number }
  | { ok: false; reason: 'not-found' | 'decided' | 'too-many' }
  /** `caseId` is null when that case is not theirs to see. */
  | { ok: false; reason: 'complaint-has-a-case'; caseId: string | null };

type Hold = { hold: boolean };
type Put = { what: Resolved; into: { caseId: string } | { subject: string } };

/**
 * Opens a case with these entries, or adds them to one that waits for its decision. What is in it already is not added twice.
 * A case that opens on a mandate keeps it from being erased until it is decided, unless a legal hold stands already.
 */
export async function putInCase(ctx: AppContext, who: Who, put: Put): Promise<PutInCase> {
  try {
    return await putOnce(ctx, who, put, { hold: true });
  } catch (error) {
    if (!violates(error, 'mandate_is_held_once')) throw error;
    return putOnce(ctx, who, put, { hold: false });
  }
}

async function putOnce(ctx: AppContext, who: Who, { what, into }: Put, { hold }: Hold): Promise<PutInCase> {
  try {
    return await inTransaction(ctx, async (trx): Promise<PutInCase> => {
      const caseId =
        'caseId' in into ? into.caseId : await openCase(ctx, trx, who, { what, subject: into.subject, hold });
      const locked = await lockCase(trx, who, caseId);
      if (!locked) return { ok: false, reason: 'not-found' };
      if (locked.decidedAt) return { ok: false, reason: 'decided' };
      const added = await addEntries(trx, who, { caseId, entryIds: what.entryIds, now: ctx.clock.now() });
      if (added === 'too-many') throw new TooMany();
      const row = await findCase(trx, who, caseId);
      await record(ctx, trx, ...addedEvents(who, { caseId, added, about: row && aboutOf(row) }));
      return { ok: true, caseId, added: added.length };
    });
  } catch (error) {
    if (error instanceof TooMany) return { ok: false, reason: 'too-many' };
    if (!violates(error, 'one_case_per_complaint') || !what.complaintId) throw error;
    const existing = await findCaseOfComplaint(ctx.db, who, what.complaintId);
    return { ok: false, reason: 'complaint-has-a-case', caseId: existing?.id ?? null };
  }
}

/** Undoes a case that would be opened for more than it can hold. */
class TooMany extends Error {}

type About = { mandateId: string; usagerId: string; alias: string };

/** The mandate that a case is about, when it still exists. */
export function aboutOf(row: {
  mandateId: string | null;
  usagerId: string | null;
  alias: string | null;
}): About | undefined {
  const { mandateId, usagerId, alias } = row;
  return mandateId && usagerId && alias ? { mandateId, usagerId, alias } : undefined;
}

/** What the entries of a case about a mandate carry: they are part of that mandate's history, without a number in it. */
export function underMandate(about: About | undefined) {
  if (!about) return {};
  const { mandateId, usagerId, alias } = about;
  return { about: { mandateId, usagerId }, mandate: { alias } };
}

async function openCase(
  ctx: AppContext,
  trx: Trx,
  who: Who,
  { what, subject, hold }: { what: Resolved; subject: string } & Hold,
): Promise<string> {
  const mandateId = what.about?.mandateId ?? null;
  const held = hold && mandateId ? await placeHoldIn(ctx, trx, { target: { mandateId }, ground: 'audit' }) : null;
  const now = ctx.clock.now();
  const id = uuidv7(now);
  await trx
    .insertInto('auditCase')
    .values({
      ...{ id, number: randomCrockford(8), ownerId: who.auditorId, origin: what.origin },
      subjectSealed: sealSubject(ctx, id, subject),
      complaintId: what.complaintId ?? null,
      mandateId,
      holdId: held,
      openedAt: now,
    })
    .execute();
  const opened = caseOpened.event({
    ...{ actor: {}, result: 'ok', ...underMandate(what.about) },
    clear: { auditor: who.auditorId, case: id, origin: what.origin },
    committed: { subject },
    subject: { kind: 'auditor', id: who.auditorId },
  });
  await record(ctx, trx, opened);
  return id;
}

async function addEntries(
  trx: Trx,
  { auditorId }: Who,
  { caseId, entryIds, now }: { caseId: string; entryIds: readonly string[]; now: Date },
): Promise<string[] | 'too-many'> {
  if (entryIds.length === 0) return [];
  const rows = entryIds.map((entryId) => ({ caseId, entryId, addedBy: auditorId, addedAt: now }));
  const added = await trx
    .insertInto('auditCaseEntry')
    .values(rows)
    .onConflict((conflict) => conflict.constraint('entry_is_once_in_a_case').doNothing())
    .returning('entryId')
    .execute();
  const { count } = await trx
    .selectFrom('auditCaseEntry')
    .select(({ fn }) => fn.countAll<number>().as('count'))
    .where('caseId', '=', caseId)
    .executeTakeFirstOrThrow();
  return count > MOST_IN_A_CASE ? 'too-many' : added.map(({ entryId }) => entryId).sort();
}

/** As few entries as their length allows. */
function addedEvents(
  { auditorId }: Who,
  { caseId, added, about }: { caseId: string; added: readonly string[]; about: About | undefined },
): JournalEvent[] {
  const events: JournalEvent[] = [];
  for (let first = 0; first < added.length; first += MOST_ADDED) {
    const entries = added.slice(first, first + MOST_ADDED);
    const clear = { auditor: auditorId, case: caseId, entries };
    events.push(caseEntryAdded.event({ actor: {}, result: 'ok', ...underMandate(about), clear }));
  }
  return events;
}
