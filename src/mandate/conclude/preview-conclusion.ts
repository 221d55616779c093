import type { AppContext } from '#platform/context.ts';
import { canonicalJson } from '#platform/crypto/canonical-json.ts';
import { sha256 } from '#platform/crypto/hashes.ts';
import { type Change, type FranceconnectIdentity, recogniseIdentity, type Usager } from '#usager';
import type { Draft } from './draft.queries.ts';
import { stepOf } from './draft.rules.ts';
import { isProfessionalAddress } from './professional.queries.ts';
import { findReplaced, type Replaced } from './replaced.queries.ts';
import { openIdentity } from './sealed-draft.ts';

/** What the aidant is to see before accepting. */
export type ConclusionPreview = {
  identity: FranceconnectIdentity;
  /** The person as we knew them, and what FranceConnect changes of it. */
  known: Usager | undefined;
  changes: readonly Change[];
  replaced: readonly Replaced[];
  /** The address that will be the person's; null when there is none. */
  email: string | null;
  /** That address is one of a professional: no mail will go there. */
  emailIsProfessional: boolean;
  /** Names what was shown, for the form to say what it accepts. */
  seen: string;
};

/** Reads what page 3 shows; undefined when the draft is not there (yet, or any more): an expired identity is not opened. */
export async function previewConclusion(
  ctx: AppContext,
  draft: Draft,
  now: Date,
): Promise<ConclusionPreview | undefined> {
  if (stepOf(draft, now) !== 'verify' || !draft.identitySealed) return undefined;
  const { identity } = openIdentity(ctx, draft.id, draft.identitySealed);
  const recognised = await recogniseIdentity(ctx, ctx.db, identity);
  const usagerId = recognised?.usager.id;
  const { organisationId, themes } = draft;
  const replaced = usagerId ? await findReplaced(ctx.db, { organisationId, usagerId, themes, now }) : [];
  const email = identity.email ?? recognised?.usager.email ?? null;
  return {
    identity,
    known: recognised?.usager,
    changes: recognised?.changes ?? [],
    replaced,
    email,
    emailIsProfessional: email !== null && (await isProfessionalAddress(email.toLowerCase(), ctx.db)),
    seen: seenOf(draft, usagerId, replaced),
  };
}

/** One word for what the aidant saw: which identification, of which known person, replacing what. */
export function seenOf(
  draft: { id: string; attempt: number },
  usagerId: string | undefined,
  replaced: readonly { id: string }[],
): string {
  const ids = replaced.map(({ id }) => id).sort();
  const seen = canonicalJson({ draft: draft.id, attempt: draft.attempt, usager: usagerId ?? '', replaced: ids });
  return sha256(seen).toString('base64url');
}
