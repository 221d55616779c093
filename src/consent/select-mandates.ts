import { type ExportedEvidence, findIndexed, findMandateEntries } from '#journal';
import type { AppContext } from '#platform/context.ts';
import { normaliseCrockford } from '#platform/ids/ids.ts';
import { type ConcludedRow, findConcluded } from './consent.queries.ts';
import { type ConsentEvidence, evidencePlace, openEvidence } from './evidence.ts';
import { snapshotJwks } from './snapshot.ts';

/** Everything that the log `actes` has of some mandates, as `exportSelection` takes it, with the evidence of consent. */
export type SelectedMandates = {
  ids: string[];
  mandates: { number: string; alias: string }[];
  evidence: ExportedEvidence[];
  /** Numbers, as they were typed, that no mandate has. */
  unknown: string[];
};

type Ctx = Pick<AppContext, 'db' | 'keys'>;

/**
 * Gathers mandates to be exported. Their evidence names persons: whoever calls says who may have it. A mandate whose evidence
 * was erased comes without it. Throws when evidence was moved or changed: it must not be handed out as if it were sound.
 */
export async function selectMandates(ctx: Ctx, typed: readonly string[]): Promise<SelectedMandates> {
  const selected: SelectedMandates = { ids: [], mandates: [], evidence: [], unknown: [] };
  for (const number of typed) {
    const row = await findConcluded(ctx.db, normaliseCrockford(number));
    if (!row) {
      selected.unknown.push(number);
      continue;
    }
    const ids = await entriesOf(ctx, row);
    selected.ids.push(...ids.all);
    selected.mandates.push({ number: row.number, alias: row.journalAlias });
    const evidence = evidenceOf(ctx, row);
    if (evidence && ids.conclusion) selected.evidence.push(exported(ctx, row, evidence, ids.conclusion));
  }
  return selected;
}

async function entriesOf({ db }: Ctx, row: ConcludedRow): Promise<{ all: string[]; conclusion: string | undefined }> {
  const found = await findMandateEntries(db, { mandateId: row.id, alias: row.journalAlias });
  const entries = (await findIndexed(db, found)).filter(({ log }) => log === 'actes');
  return { all: entries.map(({ id }) => id), conclusion: entries.find(({ kind }) => kind === 'mandate.concluded')?.id };
}

function evidenceOf({ keys }: Ctx, { id, evidence }: ConcludedRow): ConsentEvidence | undefined {
  return evidence ? openEvidence({ keys }, evidencePlace(id), evidence) : undefined;
}

function exported(ctx: Ctx, row: ConcludedRow, evidence: ConsentEvidence, conclusion: string): ExportedEvidence {
  const { idpId, acr, receivedAt: _receivedAt, ...parts } = evidence;
  const kept = Object.entries(parts).filter(([, text]) => text !== ''); // tokens go before the rest
  return {
    ...{ number: row.number, conclusion, idpId, acr },
    parts: {
      ...Object.fromEntries(kept),
      snapshot: row.snapshot,
      seal: row.snapshotJws,
      sealKeys: JSON.stringify(sealKeyOf(ctx, row.snapshotJws)),
    },
  };
}

/** The one key that made this seal: another would be bound by nothing in an export. */
function sealKeyOf(ctx: Ctx, seal: string | null) {
  const { kid } = JSON.parse(Buffer.from(seal?.split('.')[0] ?? '', 'base64url').toString() || '{}') as {
    kid?: string;
  };
  return { keys: snapshotJwks(ctx).keys.filter((key) => key.kid === kid) };
}
