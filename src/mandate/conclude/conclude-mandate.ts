import { openEvidence, readConsentText, readTerms, termsOf } from '#consent';
import type { AppContext } from '#platform/context.ts';
import { inTransaction } from '#platform/context.ts';
import { canonicalJson } from '#platform/crypto/canonical-json.ts';
import { sha256 } from '#platform/crypto/hashes.ts';
import type { Trx } from '#platform/db/database.ts';
import { enqueue } from '#platform/jobs/jobs.ts';
import { after } from '#platform/time/clock.ts';
import { type GivenEmail, giveOwnEmail, type SavedIdentity, saveIdentity } from '#usager';
import { writeExpiry } from '../expire-mandates.ts';
import { ENDED_MAIL } from '../follow/ended-mail.jobs.ts';
import { lockOpenMandates } from '../mandate.queries.ts';
import { durationsUpTo, isDuration } from '../mandate.rules.ts';
import { type Draft, lockDraft } from './draft.queries.ts';
import { DRAFT_LIFE, stepOf } from './draft.rules.ts';
import { seenOf } from './preview-conclusion.ts';
import { isProfessionalAddress, mayStillConclude } from './professional.queries.ts';
import { findReplaced } from './replaced.queries.ts';
import { draftPlace, openIdentity } from './sealed-draft.ts';
import type { Professional } from './shown-text.ts';
import { writeMandate } from './write-mandate.ts';

export type Acceptance = {
  aidant: Professional & { aidantId: string; termsVersion: string | null };
  draftId: string;
  /** `ConclusionPreview.seen` of the page that is accepted. */
  seen: string;
  /** The address the person gives, when FranceConnect has none. */
  ownEmail: string | null;
  /** The aidant's signature: their code, asked inside the transaction. */
  sign(trx: Trx): Promise<'accepted' | 'refused'>;
};

export type RefusedConclusion =
  | 'not-found'
  | 'not-this-step'
  | 'may-not'
  | 'terms-changed'
  | 'code-refused'
  | 'changed'
  | Extract<GivenEmail, { ok: false }>['reason'];

export type Concluded = { ok: true; mandateId: string } | { ok: false; reason: RefusedConclusion };

/** Undoes the whole transaction for a reason that the aidant is told. */
class Undo extends Error {
  readonly reason: RefusedConclusion;
  constructor(reason: RefusedConclusion) {
    super(reason);
    this.reason = reason;
  }
}

/**
 * The aidant accepts for the structure: the mandate exists from this instant (C. civ. art. 1984). One transaction: the person,
 * what the new mandate replaces, the mandate, its themes, snapshot and evidence, the journal, the mail to send. Locks, in this
 * order: draft, aidant, person, their open mandates by id. Posted twice, it answers the same mandate twice.
 */
export async function concludeMandate(ctx: AppContext, acceptance: Acceptance): Promise<Concluded> {
  try {
    return await inTransaction(ctx, (trx) => conclude(ctx, trx, acceptance));
  } catch (error) {
    if (error instanceof Undo) return { ok: false, reason: error.reason };
    throw error;
  }
}

async function conclude(ctx: AppContext, trx: Trx, acceptance: Acceptance): Promise<Concluded> {
  const { aidant, draftId } = acceptance;
  const draft = await lockDraft(trx, { aidantId: aidant.aidantId, draftId });
  if (!draft) return { ok: false, reason: 'not-found' };
  if (draft.mandateId) return { ok: true, mandateId: draft.mandateId };
  if (stepOf(draft, ctx.clock.now()) !== 'verify') return { ok: false, reason: 'not-this-step' };
  if (!isWhatWasSigned(ctx, draft) || !termsStillHold(draft)) return { ok: false, reason: 'terms-changed' };
  // the code first: it takes its counter, then the aidant, as every other code does
  if ((await acceptance.sign(trx)) === 'refused') return { ok: false, reason: 'code-refused' };
  if (!(await mayStillConclude(trx, { ...aidant, organisationId: draft.organisationId }))) throw new Undo('may-not');
  return { ok: true, mandateId: await conclusion(ctx, trx, draft, acceptance) };
}

/**
 * Whether the draft has who identified last, and the terms, that are sealed with what FranceConnect signed, no longer ago than a
 * draft lives: its columns, compared with each other, would only say what whoever has a password of the database wrote in all of
 * them. They may write a draft that lives for years, or one that was erased, with what a person had signed for it then.
 */
function isWhatWasSigned(
  ctx: AppContext,
  { id, attempt, terms, shownTexts, identitySealed, evidenceSealed }: Draft,
): boolean {
  if (!identitySealed || !evidenceSealed) return false;
  const evidence = openEvidence(ctx, draftPlace(id, 'evidence_sealed'), evidenceSealed);
  const identified = openIdentity(ctx, id, identitySealed);
  return (
    after(new Date(evidence.receivedAt), DRAFT_LIFE) > ctx.clock.now() &&
    evidence.terms === terms &&
    evidence.shownTexts === shownTexts &&
    identified.attempt === attempt &&
    identified.userinfoSha256 === sha256(evidence.userinfo).toString('hex')
  );
}

/** What the person agreed to is still what the draft and its structure say; a structure may have lost a theme, or its name. */
function termsStillHold({ organisation, themes, duration, terms, shownTexts }: Draft): boolean {
  if (!terms || !shownTexts || !duration || !isDuration(duration)) return false;
  const now = termsOf(organisation, { themes, duration }, readConsentText(shownTexts));
  if (canonicalJson(now) !== canonicalJson(readTerms(terms))) return false;
  const allowed = themes.every((theme) => organisation.allowedThemes.includes(theme));
  return allowed && durationsUpTo(organisation.longestDuration).includes(duration);
}

async function conclusion(ctx: AppContext, trx: Trx, draft: Draft, acceptance: Acceptance): Promise<string> {
  const { organisationId, themes } = draft;
  const saved = await savePerson(ctx, trx, draft, acceptance);
  const usagerId = saved.usager.id;
  const open = await lockOpenMandates(trx, { organisationId, usagerId });
  const now = ctx.clock.now();
  if (stepOf(draft, now) !== 'verify') throw new Undo('not-this-step');
  const expired = await writeExpiry(ctx, trx, open, now);
  for (const { id } of expired) await enqueue(trx, ENDED_MAIL, { mandateId: id });
  const replaced = await findReplaced(trx, { organisationId, usagerId, themes, now });
  const known = saved.outcome === 'added' ? undefined : usagerId;
  if (seenOf(draft, known, replaced) !== acceptance.seen) throw new Undo('changed');
  const stillOpen = open.filter(({ endsAt }) => endsAt > now);
  return writeMandate(ctx, trx, {
    draft,
    aidant: acceptance.aidant,
    usager: saved.usager,
    replaced,
    open: stillOpen,
    now,
  });
}

async function savePerson(
  ctx: AppContext,
  trx: Trx,
  draft: Draft,
  { aidant, ownEmail }: Acceptance,
): Promise<SavedIdentity> {
  if (!draft.identitySealed) throw new Error(`draft ${draft.id} has no identity`);
  const actor = { aidantId: aidant.aidantId, organisationId: draft.organisationId };
  const { identity } = openIdentity(ctx, draft.id, draft.identitySealed);
  const saved = await saveIdentity(ctx, trx, identity, actor);
  if (ownEmail === null || saved.usager.email !== null) return saved;
  const isProfessional = isProfessionalAddress;
  const given = await giveOwnEmail(ctx, trx, { usagerId: saved.usager.id, email: ownEmail, actor, isProfessional });
  if (!given.ok) throw new Undo(given.reason);
  return { ...saved, usager: given.usager };
}
