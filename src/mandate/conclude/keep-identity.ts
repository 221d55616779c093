import { type ConsentEvidence, nonceOf, readTerms, sealEvidence } from '#consent';
import type { Evidence } from '#franceconnect';
import { record } from '#journal';
import type { AppContext } from '#platform/context.ts';
import { inTransaction } from '#platform/context.ts';
import { sha256 } from '#platform/crypto/hashes.ts';
import type { Trx } from '#platform/db/database.ts';
import { type FranceconnectIdentity, isMinor } from '#usager';
import { consentIdentified } from './conclude.events.ts';
import { type Draft, lockDraft, updateDraft } from './draft.queries.ts';
import { isOpen } from './draft.rules.ts';
import { findSessionLeftOpen } from './franceconnect-session.queries.ts';
import { type KeptFailure, keepHint, writeFailure } from './keep-failure.ts';
import { type Attempt, draftPlace, sealHint, sealIdentity } from './sealed-draft.ts';

export type Identified = {
  aidantId: string;
  draftId: string;
  /** The attempt the answer was redeemed for. */
  number: number;
  /** What it was sent with: the nonce that FranceConnect signed, and the salt of the terms in it. */
  attempt: Pick<Attempt, 'nonce' | 'salt'>;
  identity: FranceconnectIdentity;
  evidence: Evidence;
};

/**
 * Keeps on the draft, sealed, who identified and what proves it, if the draft still is where it was when the person left for
 * FranceConnect. `superseded`: the terms changed, or another attempt began, meanwhile; nothing is kept but what closes the
 * session. `gone`: the draft is over, there is nowhere to keep even that. A minor, or an answer that an earlier open session
 * may have given, is refused.
 */
export async function keepIdentity(
  ctx: AppContext,
  identified: Identified,
): Promise<KeptFailure | 'kept' | 'superseded' | 'gone'> {
  return inTransaction(ctx, async (trx) => {
    const draft = await lockDraft(trx, identified);
    const now = ctx.clock.now();
    if (!draft || !isOpen(draft, now)) return 'gone';
    if (draft.attempt !== identified.number || !wasSignedFor(draft, identified.attempt)) {
      await keepHint(ctx, trx, draft, identified.evidence.idToken);
      return 'superseded';
    }
    const refusal = await refusalOf(trx, { draft, identified, now });
    if (refusal) {
      await writeFailure(ctx, trx, draft, { reason: refusal, idTokenHint: identified.evidence.idToken });
      return refusal;
    }
    await write(ctx, trx, { draft, identified, now });
    return 'kept';
  });
}

/** Whether the nonce that FranceConnect signed is that of the terms which the draft has now. */
function wasSignedFor({ terms }: Draft, { nonce, salt }: Identified['attempt']): boolean {
  return terms !== null && nonceOf(readTerms(terms), Buffer.from(salt, 'base64url')) === nonce;
}

async function refusalOf(
  trx: Trx,
  { draft, identified, now }: { draft: Draft; identified: Identified; now: Date },
): Promise<'minor' | 'earlier-session' | undefined> {
  if (isMinor(identified.identity, now)) return 'minor';
  const { id, aidantId, sessionIdHash, browserHash } = draft;
  if (!sessionIdHash) return 'earlier-session';
  const open = await findSessionLeftOpen(trx, { aidantId, sessionIdHash, browserHash }, { now, departing: id });
  return open ? 'earlier-session' : undefined;
}

async function write(
  ctx: AppContext,
  trx: Trx,
  { draft, identified, now }: { draft: Draft; identified: Identified; now: Date },
): Promise<void> {
  const { identity, evidence, attempt } = identified;
  const { idToken, userinfo, jwks, idpId, acr, receivedAt } = evidence;
  const terms = draft.terms ?? '';
  const kept: ConsentEvidence = {
    ...{ terms, shownTexts: draft.shownTexts ?? '', salt: attempt.salt },
    ...{ idToken, userinfo, jwks, idpId, acr, receivedAt },
  };
  await updateDraft(trx, draft.id, {
    identitySealed: sealIdentity(ctx, draft.id, {
      attempt: draft.attempt,
      userinfoSha256: sha256(userinfo).toString('hex'),
      identity,
    }),
    evidenceSealed: sealEvidence(ctx, draftPlace(draft.id, 'evidence_sealed'), kept),
    idTokenHintSealed: sealHint(ctx, draft.id, idToken),
    identifiedAt: now,
    franceconnectOpenedAt: now,
    failure: null,
    failureReference: null,
    updatedAt: now,
  });
  const { themes, duration } = readTerms(terms);
  await record(
    ctx,
    trx,
    consentIdentified.event({
      actor: { aidantId: draft.aidantId, organisationId: draft.organisationId },
      mandate: { alias: draft.journalAlias },
      result: 'ok',
      clear: { attempt: draft.attempt, themes, duration, acr },
    }),
  );
}
