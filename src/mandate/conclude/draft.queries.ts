import type { Selectable, Updateable } from 'kysely';
import { findOrganisation, type Organisation } from '#organisation';
import type { Db, Trx } from '#platform/db/database.ts';
import type { MandateDraft } from '#platform/db/tables.ts';
import { isUuid } from '#platform/ids/ids.ts';

export type DraftRow = Selectable<MandateDraft>;
/** A draft with the structure it was begun for, which a switch never changes. */
export type Draft = DraftRow & { organisation: Organisation };

/** What one identification leaves on a draft: goes away together, with anything that changes what was agreed to. */
export const NO_IDENTIFICATION = {
  identitySealed: null,
  evidenceSealed: null,
  identifiedAt: null,
  usagerId: null,
  failure: null,
  failureReference: null,
} as const satisfies Updateable<MandateDraft>;

/**
 * The draft, for the aidant who began it and as long as they belong to its structure; undefined for anybody else, and for
 * an id that is not one.
 */
export async function findDraft(
  db: Db | Trx,
  { aidantId, draftId }: { aidantId: string; draftId: string },
): Promise<Draft | undefined> {
  if (!isUuid(draftId)) return undefined;
  const row = await db
    .selectFrom('mandateDraft')
    .innerJoin('membership', (join) =>
      join
        .onRef('membership.organisationId', '=', 'mandateDraft.organisationId')
        .onRef('membership.aidantId', '=', 'mandateDraft.aidantId'),
    )
    .selectAll('mandateDraft')
    .where('mandateDraft.id', '=', draftId)
    .where('mandateDraft.aidantId', '=', aidantId)
    .executeTakeFirst();
  const organisation = row && (await findOrganisation(db, row.organisationId));
  return row && organisation?.active ? { ...row, organisation } : undefined;
}

/** The same row, locked until the end of the transaction: every change of a draft starts here, so that they queue up. */
export async function lockDraft(
  trx: Trx,
  { aidantId, draftId }: { aidantId: string; draftId: string },
): Promise<Draft | undefined> {
  if (!isUuid(draftId)) return undefined;
  await trx
    .selectFrom('mandateDraft')
    .select('id')
    .where('id', '=', draftId)
    .where('aidantId', '=', aidantId)
    .forUpdate()
    .executeTakeFirst();
  return findDraft(trx, { aidantId, draftId });
}

export async function updateDraft(trx: Trx, draftId: string, values: Updateable<MandateDraft>): Promise<void> {
  await trx.updateTable('mandateDraft').set(values).where('id', '=', draftId).execute();
}

const OPEN_DRAFT_COLUMNS = [
  'id',
  'organisationId',
  'themes',
  'duration',
  'identifiedAt',
  'franceconnectOpenedAt',
  'logoutSkippedAt',
  'closedAt',
  'closedCause',
  'wipedAt',
  'createdAt',
  'expiresAt',
] as const satisfies readonly (keyof DraftRow)[];

/** A draft to resume: enough to say where it stands, and nobody's name. */
export type OpenDraft = Pick<DraftRow, (typeof OPEN_DRAFT_COLUMNS)[number]>;

/** The drafts that an aidant may resume for a structure, newest first, at most twenty. */
export async function findOpenDrafts(
  db: Db | Trx,
  { aidantId, organisationId, now }: { aidantId: string; organisationId: string; now: Date },
): Promise<OpenDraft[]> {
  return db
    .selectFrom('mandateDraft')
    .select(OPEN_DRAFT_COLUMNS)
    .where('aidantId', '=', aidantId)
    .where('organisationId', '=', organisationId)
    .where('wipedAt', 'is', null)
    .where('closedAt', 'is', null)
    .where('expiresAt', '>', now)
    .orderBy('createdAt', 'desc')
    .limit(20)
    .execute();
}
