import { type Zippable, zipSync } from 'fflate';
import { selectMandates } from '#consent';
import { ExportRefused, exportSelection, type LogName, type Opening, record } from '#journal';
import { type AppContext, inTransaction } from '#platform/context.ts';
import { sha256 } from '#platform/crypto/hashes.ts';
import { uuidv7 } from '#platform/ids/ids.ts';
import { entriesInScope } from '../entries-in-scope.ts';
import { readKeptCheckpoint, TOO_RECENT } from '../kept-checkpoint.ts';
import { openingFor } from '../opening-for.ts';
import type { Who } from '../scope.ts';
import type { IndexRow } from '../search/entries.queries.ts';
import { identitiesOpenTo, type OpenIdentity } from '../unmask/open-identities.queries.ts';
import { identityShownEvents } from '../unmask/show-identity.ts';
import { caseExported } from './case.events.ts';
import { type CaseRow, findCaseEntries, findNotes, findShares } from './case.queries.ts';
import { hashOf, openDecision, openNote, openSubject } from './case-texts.ts';
import { aboutOf, underMandate } from './put-in-case.ts';

export type CaseExport =
  | { ok: true; name: string; zip: Buffer }
  /** `field`: of which log the checkpoint that was kept does not do. */
  | { ok: false; message: string; field?: LogName };

/** The checkpoints that the auditor kept, as they were pasted. */
export type KeptOfLogs = Partial<Record<LogName, string>>;

/**
 * The whole case in one file: entries of each log as exports that verify without us, what was written and decided. Of the
 * entries, those of this auditor's départements; what names the person only when their identity is open to this auditor. Its
 * hash is kept, and in the journal, before it is given.
 */
export async function exportCase(ctx: AppContext, who: Who, row: CaseRow, kept: KeptOfLogs = {}): Promise<CaseExport> {
  const ids = (await findCaseEntries(ctx.db, row.id)).map(({ entryId }) => entryId);
  const visible = await entriesInScope(ctx.db, who, ids);
  const previous: KeptOfLogs = {};
  for (const [log] of LOGS) {
    const read = await readKeptCheckpoint(ctx, log, kept[log] ?? '');
    if (!read.ok) return { ok: false, message: read.message, field: log };
    if (read.note !== undefined) previous[log] = read.note;
  }
  let making: LogName = 'actes';
  const { open, shown } = await openingFor(ctx, who, visible);
  try {
    const files: Zippable = {};
    const evidence = await evidenceFor(ctx, who, row, visible);
    for (const [log, logId] of LOGS) {
      const entries = visible.filter((entry) => entry.logId === logId);
      if (entries.length === 0) continue;
      making = log;
      const part = { log, entries, open, evidence: evidence.pieces, previous: previous[log] };
      files[`${log}.zip`] = [await exportLog(ctx, who, part), STORED];
    }
    files['dossier.json'] = Buffer.from(`${JSON.stringify(await written(ctx, row, visible, ids.length), null, 2)}\n`);
    files['LISEZ-MOI.txt'] = Buffer.from(README);
    const zip = Buffer.from(zipSync(files, { mtime: EPOCH }));
    await keep(ctx, who, row, { zip, entries: visible.length, shown: [...shown, ...evidence.shown] });
    return { ok: true, name: `dossier-${row.number}`, zip };
  } catch (error) {
    if (error instanceof ExportRefused && error.reason === 'bad-previous')
      return { ok: false, message: TOO_RECENT, field: making };
    if (error instanceof ExportRefused) return { ok: false, message: error.message };
    throw error;
  }
}

/** The logs of which this auditor would be given entries. */
export async function logsOf(ctx: AppContext, who: Who, { id }: CaseRow): Promise<LogName[]> {
  const ids = (await findCaseEntries(ctx.db, id)).map(({ entryId }) => entryId);
  const visible = await entriesInScope(ctx.db, who, ids);
  return LOGS.flatMap(([log, logId]) => (visible.some((entry) => entry.logId === logId) ? [log] : []));
}

const LOGS = [
  ['actes', 1],
  ['acces', 2],
] as const;
/** Already compressed. */
const STORED = { level: 0 } as const;
/** Nothing of the machine or the hour shows in the archive. */
const EPOCH = new Date(1980, 0, 1);

type Pieces = Awaited<ReturnType<typeof selectMandates>>['evidence'];
type LogPart = {
  log: LogName;
  entries: readonly IndexRow[];
  open: Opening;
  evidence: Pieces;
  previous: string | undefined;
};

async function exportLog(
  ctx: AppContext,
  who: Who,
  { log, entries, open, evidence, previous }: LogPart,
): Promise<Buffer> {
  return exportSelection(ctx, {
    ...(previous !== undefined && { previous }),
    ...{ log, open, by: { auditorId: who.auditorId }, ids: entries.map(({ id }) => id) },
    evidence: log === 'actes' ? evidence : [],
  });
}

/** Of the mandate that the case is about, when its person is open to this auditor and its conclusion is in the case. */
async function evidenceFor(
  ctx: AppContext,
  who: Who,
  row: CaseRow,
  entries: readonly IndexRow[],
): Promise<{ pieces: Pieces; shown: OpenIdentity[] }> {
  const identity = await openIdentityOf(ctx, who, row);
  if (!row.mandateNumber || !identity) return { pieces: [], shown: [] };
  const { evidence } = await selectMandates(ctx, [row.mandateNumber]);
  const pieces = evidence.filter(({ conclusion }) => entries.some(({ id }) => id === conclusion));
  return { pieces, shown: pieces.length > 0 ? [identity] : [] };
}

/** By what the person of the mandate that a case is about may be seen by this auditor now. */
export async function openIdentityOf(
  ctx: AppContext,
  who: Who,
  { usagerId }: CaseRow,
): Promise<OpenIdentity | undefined> {
  if (!usagerId) return undefined;
  return (await identitiesOpenTo(ctx.db, who, [usagerId], ctx.clock.now())).get(usagerId);
}

/** What the auditors wrote, and what the case holds: for people and programs. */
async function written(ctx: AppContext, row: CaseRow, visible: readonly IndexRow[], entries: number) {
  const notes = await findNotes(ctx.db, row.id);
  const reasons = row.decisionSealed && openDecision(ctx, row.id, row.decisionSealed);
  return {
    format: 'entremise-audit-case',
    version: 1,
    number: row.number,
    id: row.id,
    origin: row.origin,
    subject: openSubject(ctx, row.id, row.subjectSealed),
    owner: row.owner,
    openedAt: row.openedAt.toISOString(),
    shares: (await findShares(ctx.db, row.id)).map(({ auditor, sharedAt }) => ({ auditor, sharedAt })),
    mandate: row.mandateNumber,
    entries: visible.map(({ id }) => id),
    entriesLeftOut: entries - visible.length,
    notes: notes.map(({ id, author, writtenAt, sealed }) => {
      const text = openNote(ctx, id, sealed);
      return { id, author, writtenAt, text, sha256: hashOf(text) };
    }),
    decision: row.decision && {
      ...{ code: row.decision, by: row.decidedBy, at: row.decidedAt, reasons },
      sha256: hashOf(reasons ?? ''),
    },
  };
}

async function keep(
  ctx: AppContext,
  who: Who,
  row: CaseRow,
  { zip, entries, shown }: { zip: Buffer; entries: number; shown: OpenIdentity[] },
): Promise<void> {
  const now = ctx.clock.now();
  const { auditorId } = who;
  const hash = sha256(zip);
  const exported = caseExported.event({
    ...{ actor: {}, result: 'ok', ...underMandate(aboutOf(row)) },
    clear: { auditor: auditorId, case: row.id, entries },
    committed: { sha256: hash.toString('hex') },
    subject: { kind: 'auditor', id: auditorId },
  });
  await inTransaction(ctx, async (trx) => {
    await trx
      .insertInto('auditCaseExport')
      .values({ id: uuidv7(now), caseId: row.id, exportedBy: auditorId, sha256: hash, exportedAt: now })
      .execute();
    await record(ctx, trx, exported, ...identityShownEvents(who, shown));
  });
}

const README = `Dossier de contrôle

dossier.json   ce que les auditeurs ont écrit : objet, notes, décision, et la liste des entrées
actes.zip      les entrées choisies du journal des actes, chacune avec sa preuve
acces.zip      les entrées choisies du journal des accès, chacune avec sa preuve

Vérifier une entrée, sans nous :  node journal-verify.mjs actes.zip --policy POLICY --previous KEPT
POLICY est la politique publiée du journal (/journal/policy.txt), que vous avez gardée vous-même.
KEPT est le point de contrôle que vous aviez gardé, et collé en demandant ce dossier. Sans lui, ôtez --previous KEPT.

Ce que cela établit : ces entrées sont dans le journal que des témoins ont cosigné, et n'ont pas changé depuis.
Ce que cela n'établit pas :
- que ce dossier de contrôle contient toutes les entrées qui existent : elles ont été choisies ;
- que le texte d'un mandat a été montré à la personne : le service et l'aidant l'attestent ;
- quel site a été ouvert : il est déclaré par l'aidant ;
- qu'une démarche a été faite : une connexion n'est pas un acte.

Les notes et la décision sont l'avis de personnes. Le journal s'est engagé sur l'empreinte SHA-256 de chacune, et sur celle de
ce fichier : dans les entrées case.noted, case.decided et case.exported.
`;
