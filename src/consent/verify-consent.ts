import { openEntries } from '#journal';
import type { AppContext } from '#platform/context.ts';
import { sha256 } from '#platform/crypto/hashes.ts';
import { normaliseCrockford } from '#platform/ids/ids.ts';
import { type ConcludedRow, findConcluded, findConclusionEntries, findLeafDigests } from './consent.queries.ts';
import {
  type ConsentCheck,
  checkDates,
  checkNonce,
  checkSignatures,
  checkSnapshot,
  checkText,
  readSigned,
} from './consent-checks.ts';
import { type ConsentEvidence, evidenceHashes, evidencePlace, openEvidence } from './evidence.ts';
import { snapshotJwks, snapshotSealHolds } from './snapshot.ts';

export type ConsentVerification = {
  number: string;
  /** True when every check holds. */
  holds: boolean;
  checks: ConsentCheck[];
  /** What even a verification without a fault does not prove; in French. */
  doesNotProve: readonly string[];
};

const DOES_NOT_PROVE: readonly string[] = [
  'Que le texte a bien été affiché devant la personne, et qu’elle l’a compris\u00a0: cela, le service et l’aidant l’attestent. FranceConnect n’a vu qu’une empreinte.',
  'Que la personne présente était celle du compte\u00a0: FranceConnect dit qui s’est identifié, l’aidant déclare avoir comparé.',
  'Que les clés gardées sont bien celles de FranceConnect\u00a0: elles ont été lues à son adresse ce jour-là. Comparez-les avec celles que FranceConnect publie ou archive.',
  'Que l’entrée du journal n’a pas été remplacée depuis\u00a0: cela se vérifie avec les points de contrôle du journal.',
  'Ce qui a été fait ensuite avec le mandat.',
];

/**
 * Computes the evidence of a mandate again, from what is stored: text, terms, nonce, FranceConnect's signatures, dates,
 * snapshot and its seal, commitments of the journal. The number may be typed with spaces. Undefined when no mandate has it.
 */
export async function verifyConsent(
  ctx: Pick<AppContext, 'db' | 'keys'>,
  typed: string,
): Promise<ConsentVerification | undefined> {
  const row = await findConcluded(ctx.db, normaliseCrockford(typed));
  if (!row) return undefined;
  const checks = await checksOf(ctx, row);
  return { number: row.number, holds: checks.every(({ holds }) => holds), checks, doesNotProve: DOES_NOT_PROVE };
}

async function checksOf(ctx: Pick<AppContext, 'db' | 'keys'>, row: ConcludedRow): Promise<ConsentCheck[]> {
  const opened = evidenceOf(ctx, row);
  if (!opened.ok)
    return [{ name: 'Les pièces de la preuve', holds: false, detail: opened.fault }, await checkSeal(ctx, row)];
  const { evidence } = opened;
  const signed = await readSigned(evidence);
  return [
    checkOrFault('Le texte lu par la personne', () => [checkText(evidence)]),
    checkOrFault('Le lien entre l’identification et les conditions', () => [checkNonce(evidence, signed)]),
    checkSignatures(signed),
    [checkDates(evidence, signed, row)],
    checkOrFault('Le contenu du mandat', () => checkSnapshot(row, evidence, signed)),
    [await checkSeal(ctx, row)],
    [await checkJournal(ctx, row, evidence)],
  ].flat();
}

function evidenceOf(
  ctx: Pick<AppContext, 'keys'>,
  { id, evidence }: ConcludedRow,
): { ok: true; evidence: ConsentEvidence } | { ok: false; fault: string } {
  if (!evidence) return { ok: false, fault: 'Aucune pièce n’est gardée pour ce mandat.' };
  try {
    return { ok: true, evidence: openEvidence(ctx, evidencePlace(id), evidence) };
  } catch {
    return {
      ok: false,
      fault: 'Les pièces gardées ne s’ouvrent pas\u00a0: elles ont été changées, déplacées, ou leur clé manque.',
    };
  }
}

/** What is stored may have been changed into something that cannot even be read: that is a check that does not hold. */
function checkOrFault(name: string, check: () => ConsentCheck[]): ConsentCheck[] {
  try {
    return check();
  } catch {
    return [{ name, holds: false, detail: 'Ce qui est gardé n’a pas la forme attendue.' }];
  }
}

async function checkSeal(ctx: Pick<AppContext, 'keys'>, row: ConcludedRow): Promise<ConsentCheck> {
  const holds = await snapshotSealHolds(snapshotJwks(ctx), row.snapshot, row.snapshotJws);
  const detail = holds
    ? 'La copie du mandat porte le sceau du service (ES256), à l’octet près.'
    : 'Le sceau ne correspond pas à la copie gardée, ou sa clé n’est pas dans le trousseau.';
  return { name: 'Le sceau du mandat', holds, detail };
}

/** The journal committed to the hash of every part when the mandate was concluded. */
async function checkJournal(
  ctx: Pick<AppContext, 'db' | 'keys'>,
  row: ConcludedRow,
  evidence: ConsentEvidence,
): Promise<ConsentCheck> {
  const name = 'Les empreintes au journal';
  const [entryId, ...others] = await findConclusionEntries(ctx.db, row.id);
  if (!entryId || others.length > 0)
    return { name, holds: false, detail: 'Le journal n’a pas une conclusion, et une seule, pour ce mandat.' };
  const entries = await openEntries(ctx, ctx.db, [entryId]).catch(() => undefined);
  const entry = entries?.get(entryId);
  const expected: Record<string, string> = {
    ...evidenceHashes(evidence),
    number: row.number,
    snapshot: sha256(row.snapshot).toString('hex'),
  };
  const wrong = Object.entries(expected).flatMap(([part, hash]) => (entry?.opened[part] === hash ? [] : [part]));
  if (wrong.length > 0) {
    return { name, holds: false, detail: `Absentes ou différentes\u00a0: ${wrong.join(', ')} (entrée ${entryId}).` };
  }
  return { name, ...(await inLeaf(ctx, entryId, entry?.disclosures ?? [])) };
}

async function inLeaf(
  ctx: Pick<AppContext, 'db'>,
  entryId: string,
  disclosures: readonly string[],
): Promise<Omit<ConsentCheck, 'name'>> {
  const digests = await findLeafDigests(ctx.db, entryId);
  const opened = `Entrée ${entryId}\u00a0: le numéro, la copie et chaque pièce ont l’empreinte ouverte`;
  if (!digests) return { holds: true, detail: `${opened}. Ce rôle ne peut pas lire l’entrée elle-même.` };
  const holds = disclosures.every((disclosure) => digests.includes(sha256(disclosure).toString('base64url')));
  return {
    holds,
    detail: holds ? `${opened}, et l’entrée s’y engage.` : `L’entrée ${entryId} ne s’engage pas sur ce qui est ouvert.`,
  };
}
