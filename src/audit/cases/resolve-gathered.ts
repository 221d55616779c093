import { findMandateEntries } from '#journal';
import type { AppContext } from '#platform/context.ts';
import { inGroups, isUuid } from '#platform/ids/ids.ts';
import { findComplaint } from '../complaint/complaint.queries.ts';
import { SAYS } from '../complaint/complaint.words.ts';
import { entriesInScope } from '../entries-in-scope.ts';
import { findMandateInScope } from '../mandate-file/mandate-file.queries.ts';
import { findSample } from '../samples/sample.queries.ts';
import type { Who } from '../scope.ts';
import type { Gathered } from './case.paths.ts';
import { MOST_ADDED, type Origin } from './case.rules.ts';

/** What is to be put in a case, looked up under the right of who asks. */
export type Resolved = {
  origin: Origin;
  entryIds: readonly string[];
  about: { mandateId: string; usagerId: string; alias: string } | undefined;
  complaintId: string | undefined;
  /** What it is, for the page: « la réclamation sur le mandat … ». */
  label: string;
  /** What a new case could be called. */
  subject: string;
};

/** Undefined when something in it does not exist for this auditor: then nothing of it is taken. */
export async function resolveGathered(ctx: AppContext, who: Who, gathered: Gathered): Promise<Resolved | undefined> {
  const { complaint, mandate, sample, entries } = gathered;
  if (complaint !== undefined) return ofComplaint(ctx, who, complaint);
  if (mandate !== undefined) return ofMandate(ctx, who, mandate);
  if (sample !== undefined) return ofSample(ctx, who, sample);
  return ofEntries(ctx, who, entries ?? []);
}

async function ofComplaint(ctx: AppContext, who: Who, id: string): Promise<Resolved | undefined> {
  const complaint = isUuid(id) ? await findComplaint(ctx.db, who, id) : undefined;
  const found = complaint && (await ofMandate(ctx, who, complaint.mandateId));
  if (!complaint || !found) return undefined;
  const says = `«\u00a0${SAYS[complaint.motive]}\u00a0»`;
  return {
    ...found,
    origin: 'complaint',
    complaintId: id,
    label: `la réclamation ${says} sur ${found.label}`,
    subject: `Réclamation ${says}`,
  };
}

async function ofMandate(ctx: AppContext, who: Who, id: string): Promise<Resolved | undefined> {
  const mandate = isUuid(id) ? await findMandateInScope(ctx.db, who, id) : undefined;
  if (!mandate) return undefined;
  const { id: mandateId, usagerId, journalAlias: alias, number } = mandate;
  const ids = await findMandateEntries(ctx.readerDb, { mandateId, alias });
  const rows = await entriesInScope(ctx.db, who, ids);
  return {
    origin: 'mandate',
    entryIds: rows.filter(({ logId }) => logId === ACTES).map((row) => row.id),
    about: { mandateId, usagerId, alias },
    complaintId: undefined,
    label: `le mandat ${inGroups(number)}`,
    subject: `Contrôle du mandat ${inGroups(number)}`,
  };
}

const ACTES = 1;

async function ofSample(ctx: AppContext, who: Who, id: string): Promise<Resolved | undefined> {
  const sample = await findSample(ctx.db, who, id);
  if (!sample) return undefined;
  const { label, entryIds } = sample;
  return { ...NOTHING_MORE, origin: 'sample', entryIds, label: `le tirage ${label}`, subject: `Tirage ${label}` };
}

async function ofEntries(ctx: AppContext, who: Who, ids: readonly string[]): Promise<Resolved | undefined> {
  const wanted = [...new Set(ids)];
  if (wanted.length === 0 || wanted.length > MOST_ADDED || !wanted.every(isUuid)) return undefined;
  const rows = await entriesInScope(ctx.db, who, wanted);
  if (rows.length < wanted.length) return undefined;
  const many = wanted.length > 1;
  return {
    ...NOTHING_MORE,
    origin: many ? 'search' : 'entry',
    entryIds: wanted,
    label: many ? `${wanted.length} entrées du journal` : 'une entrée du journal',
    subject: '',
  };
}

const NOTHING_MORE = { about: undefined, complaintId: undefined } as const;
