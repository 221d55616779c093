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
