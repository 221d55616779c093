import { sql } from 'kysely';
import type { Db } from '#platform/db/database.ts';

export type ConcludedRow = {
  id: string;
  number: string;
  organisationId: string;
  aidantId: string;
  usagerId: string;
  duration: string;
  consentLevel: string;
  startsAt: Date;
  endsAt: Date;
  snapshot: string;
  snapshotJws: string;
  journalAlias: string;
  themes: string[];
  evidence: Buffer | null;
};

/** A mandate by its number, with its themes and what proves the consent; undefined when there is none. */
export async function findConcluded(db: Db, number: string): Promise<ConcludedRow | undefined> {
  const row = await db
    .selectFrom('mandate')
    .leftJoin('consentEvidence', 'consentEvidence.mandateId', 'mandate.id')
    .select([
      'mandate.id',
      'mandate.number',
      'mandate.organisationId',
      'mandate.aidantId',
      'mandate.usagerId',
      'mandate.duration',
      'mandate.consentLevel',
      'mandate.startsAt',
      'mandate.endsAt',
      'mandate.snapshot',
      'mandate.snapshotJws',
      'mandate.journalAlias',
      'consentEvidence.sealed as evidence',
    ])
    .where('mandate.number', '=', number)
    .executeTakeFirst();
  if (!row) return undefined;
  const themes = await db.selectFrom('authorisation').select('theme').where('mandateId', '=', row.id).execute();
  return { ...row, themes: themes.map(({ theme }) => theme) };
}

/** The journal entries that tell the conclusion of a mandate: one, unless something is wrong. */
export async function findConclusionEntries(db: Db, mandateId: string): Promise<string[]> {
  const rows = await db
    .selectFrom('journal.entryIndex')
    .select('id')
    .where('mandateId', '=', mandateId)
    .where('kind', '=', 'mandate.concluded')
    .execute();
  return rows.map(({ id }) => id);
}

/** The digests that a leaf commits to; null when this role may not read leaves (only `entremise_reader` may). */
export async function findLeafDigests(db: Db, entryId: string): Promise<string[] | null> {
  try {
    const { rows } = await sql<{ leaf: Buffer }>`select leaf from journal.entry where id = ${entryId}`.execute(db);
    const leaf: { sd?: string[] } = JSON.parse(rows[0]?.leaf.toString() ?? '{}');
    return leaf.sd ?? [];
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === INSUFFICIENT_PRIVILEGE) return null;
    throw error;
  }
}

const INSUFFICIENT_PRIVILEGE = '42501';
