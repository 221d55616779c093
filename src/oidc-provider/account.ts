import { type Account, errors, type KoaContextWithOIDC } from 'oidc-provider';
import { giveIdentity, type UseFacts } from '#mandate';
import { themeOf } from '#organisation';
import type { AppContext } from '#platform/context.ts';
import { pivotClaims } from '#usager';
import { idOfUse } from './payload.rules.ts';
import { memoryOf } from './request-memory.ts';

/**
 * The account behind `use:<uuid>`. Its claims are read once the act is written: for the ID token, what redeeming the code
 * found; for userinfo, the identity leaves here, or does not (401).
 */
export function accountFinder(ctx: AppContext) {
  return async (request: KoaContextWithOIDC, accountId: string): Promise<Account> => ({
    accountId,
    claims: async (purpose) =>
      purpose === 'userinfo' ? identityClaims(ctx, request, accountId) : delegationClaims(request, accountId),
  });
}

/** Who acts, under which mandate, about what: RFC 8693 §4.1, and FranceConnect's `rep_scope`. Nothing that names the person. */
function delegationClaims(request: KoaContextWithOIDC, accountId: string) {
  const { use, subjects } = memoryOf(request);
  if (!use || !subjects || use.useId !== idOfUse(accountId)) throw new Error('an ID token without its act');
  return {
    sub: accountId,
    rep_scope: [labelOf(use)],
    act: { sub: subjects.aidant, org: { siret: use.organisationSiret, name: use.organisationName } },
    mandate: { id: use.journalAlias },
  };
}

function labelOf({ theme }: UseFacts): string {
  const label = themeOf(theme)?.franceConnectLabel;
  if (!label) throw new Error(`no label for the theme ${theme}`);
  return label;
}

async function identityClaims(ctx: AppContext, request: KoaContextWithOIDC, accountId: string) {
  const given = await giveIdentity(ctx, { useId: idOfUse(accountId), known: memoryOf(request).sealed });
  if (!given.ok) throw new errors.InvalidToken(`refused: ${given.reason}`);
  return { sub: accountId, ...pivotClaims(given.use.identity) };
}

/** The name of the person for this partner; the same in the ID token and in userinfo, for ever. */
export async function pairwiseIdentifier(request: KoaContextWithOIDC): Promise<string> {
  const { subjects } = memoryOf(request);
  if (!subjects) throw new Error('a subject outside of a code or a token');
  return subjects.usager;
}
