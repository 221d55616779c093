import type { Evidence } from '#franceconnect';
import type { AppContext } from '#platform/context.ts';
import type { FranceconnectIdentity } from '#usager';
import type { Duration } from '../mandate.rules.ts';
import { chooseTerms } from './choose-terms.ts';
import { finishClosing, startClosing } from './close-session.ts';
import { concludeMandate } from './conclude-mandate.ts';
import { depart } from './depart.ts';
import { findDraft } from './draft.queries.ts';
import { findAttempt } from './find-attempt.ts';
import { keepIdentity } from './keep-identity.ts';
import { openDraft } from './open-draft.ts';
import { previewConclusion } from './preview-conclusion.ts';
import { type Professional, textOfDraft } from './shown-text.ts';
import { startConsent } from './start-consent.ts';
import { takeAttempt } from './take-attempt.ts';

export type AtOnce = {
  aidant: Professional & { aidantId: string; termsVersion: string | null };
  organisationId: string;
  /** A draft that is open already; a new one without it. */
  draftId?: string | undefined;
  sessionIdHash: Buffer;
  themes: readonly string[];
  duration: Duration;
  /** Plays FranceConnect: what it answers for this nonce. */
  identify(nonce: string): Promise<{ identity: FranceconnectIdentity; evidence: Evidence }>;
};

/**
 * Every step of a conclusion one after the other, by the same use cases as the pages, the aidant's code taken as given: for
 * the data of a demonstration and of tests. Returns the mandate's id; throws when a step refuses.
 */
export async function concludeAtOnce(ctx: AppContext, given: AtOnce): Promise<string> {
  const { aidant, organisationId, themes, duration } = given;
  const { aidantId } = aidant;
  const draftId = given.draftId ?? (await openDraft(ctx, { aidantId, organisationId }));
  must(await chooseTerms(ctx, { aidantId, draftId, themes, duration }));
  const draft = await draftOf(ctx, { aidantId, draftId });
  const { terms } = textOfDraft(ctx, draft, aidant);
  must(await startConsent(ctx, { aidant, browser: browserOf(given), draftId, textSha256: terms.text.sha256 }));
  await identify(ctx, draftId, given);
  const preview = await previewConclusion(ctx, await draftOf(ctx, { aidantId, draftId }), ctx.clock.now());
  if (!preview) throw new Error('nobody identified');
  const sign = async () => 'accepted' as const;
  const concluded = await concludeMandate(ctx, { aidant, draftId, seen: preview.seen, ownEmail: null, sign });
  must(concluded);
  return concluded.mandateId;
}

async function identify(ctx: AppContext, draftId: string, given: AtOnce): Promise<void> {
  const browser = browserOf(given);
  const { aidantId, sessionIdHash } = browser;
  const asked = await findAttempt(ctx, { aidantId, sessionIdHash, draftId });
  const draft = await draftOf(ctx, { aidantId, draftId });
  const left = await depart(ctx, { draftId, number: draft.attempt, browser, remember: () => sessionIdHash });
  if (!left) throw new Error('another departure is open');
  const taken = await takeAttempt(ctx, { aidantId, sessionIdHash, state: asked?.state ?? '' });
  if (taken.outcome !== 'taken') throw new Error(`the attempt is ${taken.outcome}`);
  const { number, attempt } = taken;
  const answer = await given.identify(attempt.nonce);
  const kept = await keepIdentity(ctx, { aidantId, draftId, number, attempt, ...answer });
  if (kept !== 'kept') throw new Error(`the identity is not kept: ${kept}`);
  const closing = await startClosing(ctx, { draftId, browser });
  await finishClosing(ctx, { browser, state: closing?.state ?? '' });
}

/** A browser for each session: several may conclude for one aidant at the same time. */
function browserOf({ aidant, sessionIdHash }: AtOnce) {
  return { aidantId: aidant.aidantId, sessionIdHash, browserHash: sessionIdHash };
}

async function draftOf(ctx: AppContext, whose: { aidantId: string; draftId: string }) {
  const draft = await findDraft(ctx.db, whose);
  if (!draft) throw new Error('the draft is gone');
  return draft;
}

function must<Outcome extends { ok: boolean }>(outcome: Outcome): asserts outcome is Outcome & { ok: true } {
  if (!outcome.ok) throw new Error(`refused: ${JSON.stringify(outcome)}`);
}
