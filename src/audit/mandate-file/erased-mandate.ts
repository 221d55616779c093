import { sql } from 'kysely';
import { type Ground, type JournalRegistry, record } from '#journal';
import { type AppContext, inTransaction } from '#platform/context.ts';
import type { Db } from '#platform/db/database.ts';
import { isUuid } from '#platform/ids/ids.ts';
import type { ErasedBy } from '../entry/absent.rules.ts';
import { mayRead, type Who } from '../scope.ts';
import { mandateFileRead } from './mandate-file.events.ts';
import { type Told, tellMandate } from './open-mandate-file.ts';

/** A mandate of which the journal alone still speaks. `erased` is absent when nothing says that it was erased. */
export type ErasedMandate = Told & {
  mandateId: string;
  structure: { name: string; departement: string };
  erased: (ErasedBy & { kind: 'person' | 'retention' }) | undefined;
};

type Row = { mandateId: string; alias: string; organisationId: string; name: string; departement: string };

/**
 * The file of a mandate that is not in the database any more, by the id that its entries carry: what these entries say under their
 * alias, and what erased the rest. Undefined for one that is there, was never concluded, or is of another département. The reading
 * is written in the log `acces` before anything is shown.
 */
export async function openErasedMandate(
  ctx: AppContext,
  who: Who,
  { named, registry }: { named: string; registry: JournalRegistry },
): Promise<ErasedMandate | undefined> {
  const row = isUuid(named) ? await findErased(ctx.db, named) : undefined;
  if (!row || !mayRead(who, row.departement)) return undefined;
  const { mandateId, alias, organisationId, name, departement } = row;
  const event = mandateFileRead.event({
    ...{ actor: {}, about: { mandateId, organisationId }, mandate: { alias }, result: 'ok' },
    clear: { auditor: who.auditorId, identity: false },
  });
  await inTransaction(ctx, (trx) => record(ctx, trx, event));
  const to = { auditorId: who.auditorId, identity: false };
  const told = await tellMandate(ctx, registry, { mandateId, alias, announced: 0, to });
  return { ...told, mandateId, structure: { name, departement }, erased: await erasureOfMandate(ctx.db, mandateId) };
}

/** By the structure that concluded it, or did anything under it: the only thing left to say whose it was. */
async function findErased(db: Db, mandateId: string): Promise<Row | undefined> {
  const { rows } = await sql<Row>`
    select i.mandate_id, i.mandate_alias as alias, o.id as organisation_id, o.name, o.departement
    from journal.entry_index i join organisation o on o.id = i.organisation_id
    where i.mandate_id = ${mandateId}::uuid and i.log_id = 1 and i.mandate_alias is not null and i.aidant_id is not null
      and not exists (select from mandate m where m.id = i.mandate_id)
    order by i.kind <> 'mandate.concluded', i.id limit 1`.execute(db);
  return rows[0];
}

async function erasureOfMandate(db: Db, mandateId: string): Promise<ErasedMandate['erased']> {
  const { rows } = await sql<{ kind: 'person' | 'retention'; ground: Ground; erasedAt: Date }>`
    select kind, ground, erased_at from journal.erasure
    where kind in ('person', 'retention') and mandates @> array[${mandateId}::uuid] order by id limit 1`.execute(db);
  return rows[0];
}
