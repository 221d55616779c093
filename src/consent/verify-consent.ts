import type { AppContext } from '#platform/context.ts';
import { sealedWith } from '#platform/crypto/seal.ts';
import { normaliseCrockford } from '#platform/ids/ids.ts';
import { checkJournal } from './check-journal.ts';
import { type ConcludedRow, findConcluded } from './consent.queries.ts';
import {
  type ConsentCheck,
  checkDates,
  checkNonce,
  checkSignatures,
  checkSnapshot,
  checkText,
  readSigned,
  type Signed,
} from './consent-checks.ts';
import { type ConsentEvidence, evidencePlace, hasTokens, openEvidence } from './evidence.ts';
import { isSealedWithAKeyWeHave, snapshotSealHolds } from './snapshot.ts';

/** What FranceConnect signed of how the person identified; only from tokens whose signature holds. Names nobody. */
export type Identification = {
  /** The account that was used behind FranceConnect, by its identifier there. */
  provider: string | null;
  issuer: string;
  level: string | null;
  signedAt: Date | null;
  receivedAt: Date | null;
};

export type ConsentVerification = {
  number: string;
  /** True when every check holds. */
  holds: boolean;
  checks: ConsentCheck[];
  identification: Identification | null;
  /** What even a verification without a fault does not prove; in French. */
  doesNotProve: readonly string[];
};

/** What they proved: who identified, when, and to which terms. */
const TOKENS_ERASED: ConsentCheck = {
  name: 'Les jetons de FranceConnect',
  verdict: 'unverifiable',
  detail:
    'Ils ont été effacés au terme de leur conservation\u00a0: l’identification et son lien avec les conditions ne se recalculent plus. Le journal garde leurs empreintes.',
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
  ctx: Pick<AppContext, 'db' | 'readerDb' | 'keys'>,
  typed: string,
): Promise<ConsentVerification | undefined> {
  const row = await findConcluded(ctx.db, normaliseCrockford(typed));
  if (!row) return undefined;
  const opened = evidenceOf(ctx, row);
  const evidence = opened.ok ? opened.evidence : undefined;
  const signed = evidence ? await readSigned(evidence) : undefined;
  const checks = [
    ...(opened.ok ? [] : [opened.check]),
    ...(evidence && signed ? evidenceChecks(row, evidence, signed) : []),
    await checkSeal(ctx, row),
    await checkJournal(ctx, row, evidence),
  ];
  return {
    number: row.number,
    holds: checks.every(({ verdict }) => verdict === 'pass'),
    checks,
    identification: evidence && signed ? identificationOf(evidence, signed) : null,
    doesNotProve: DOES_NOT_PROVE,
  };
}

function evidenceChecks(row: ConcludedRow, evidence: ConsentEvidence, signed: Signed): ConsentCheck[] {
  if (!hasTokens(evidence)) {
    return [
      checkOrFault('Le texte lu par la personne', () => [checkText(evidence)]),
      [TOKENS_ERASED],
      checkOrFault('Le contenu du mandat', () => checkSnapshot(row, evidence, signed).slice(0, 1)),
    ].flat();
  }
  return [
    checkOrFault('Le texte lu par la personne', () => [checkText(evidence)]),
    checkOrFault('Le lien entre l’identification et les conditions', () => [checkNonce(evidence, signed)]),
    checkSignatures(signed),
    checkOrFault('Les dates', () => [checkDates(evidence, signed, row)]),
    checkOrFault('Le contenu du mandat', () => checkSnapshot(row, evidence, signed)),
  ].flat();
}

function evidenceOf(
  { keys }: Pick<AppContext, 'keys'>,
  { id, evidence }: ConcludedRow,
): { ok: true; evidence: ConsentEvidence } | { ok: false; check: ConsentCheck } {
  const name = 'Les pièces de la preuve';
  if (!evidence) {
    const detail = 'Aucune pièce n’est gardée pour ce mandat\u00a0: elles ont été effacées, ou retirées.';
    return { ok: false, check: { name, verdict: 'unverifiable', detail } };
  }
  try {
    return { ok: true, evidence: openEvidence({ keys }, evidencePlace(id), evidence) };
  } catch {
    if (keys.data.some((key) => key.id === sealedWith(evidence))) {
      const detail = 'Les pièces gardées ne s’ouvrent pas\u00a0: elles ont été changées, ou déplacées.';
      return { ok: false, check: { name, verdict: 'fail', detail } };
    }
    const detail = 'Les pièces gardées ne s’ouvrent pas\u00a0: leur clé n’est pas dans le trousseau.';
    return { ok: false, check: { name, verdict: 'unverifiable', detail } };
  }
}

/** What is stored may have been changed into something that cannot even be read: that is a check that does not hold. */
function checkOrFault(name: string, check: () => ConsentCheck[]): ConsentCheck[] {
  try {
    return check();
  } catch {
    return [{ name, verdict: 'fail', detail: 'Ce qui est gardé n’a pas la forme attendue.' }];
  }
}

async function checkSeal(ctx: Pick<AppContext, 'keys'>, row: ConcludedRow): Promise<ConsentCheck> {
  const name = 'Le sceau du mandat';
  if (await snapshotSealHolds(ctx, row.snapshot, row.snapshotJws))
    return { name, verdict: 'pass', detail: 'La copie du mandat porte le sceau du service (ES256), à l’octet près.' };
  if (isSealedWithAKeyWeHave(ctx, row.snapshotJws))
    return { name, verdict: 'fail', detail: 'Le sceau ne correspond pas à la copie gardée.' };
  return { name, verdict: 'unverifiable', detail: 'La clé de ce sceau n’est pas dans le trousseau.' };
}

function identificationOf(evidence: ConsentEvidence, { idToken, userinfo }: Signed): Identification | null {
  if (!idToken) return null;
  const instant = (milliseconds: number) => (Number.isFinite(milliseconds) ? new Date(milliseconds) : null);
  return {
    provider: typeof userinfo?.idp_id === 'string' ? userinfo.idp_id : null,
    issuer: String(idToken.iss ?? ''),
    level: typeof idToken.acr === 'string' ? idToken.acr : null,
    signedAt: instant(Number(idToken.iat) * 1000),
    receivedAt: instant(Date.parse(evidence.receivedAt)),
  };
}
