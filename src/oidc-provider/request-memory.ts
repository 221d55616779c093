import Provider, { type AdapterPayload, type KoaContextWithOIDC } from 'oidc-provider';
import type { SealedUse, UseFacts } from '#mandate';

/** What the parts of one HTTP request to the provider learn and hand to one another, so that each is read once. */
export type RequestMemory = {
  /** The facts of the use that answered this request, as they were read with it: compared again when acting. */
  known?: UseFacts;
  /** The use behind the code or the token that this request presents, as it was read with it: compared again when acting. */
  sealed?: SealedUse;
  /** The facts of the use, as the act that was just written found them. */
  use?: UseFacts;
  /** The names of the person and of the aidant for this partner. */
  subjects?: { usager: string; aidant: string };
  /** The grant, derived from the code or the token: it has no row of its own. */
  grant?: AdapterPayload & { jti: string };
  /** The code being redeemed: it is consumed when its token is written, in one transaction. */
  code?: string;
};

const memories = new WeakMap<object, RequestMemory>();

/** The memory of a request; without argument, of the request that the library is answering. */
export function memoryOf(ctx: KoaContextWithOIDC | undefined = Provider.ctx): RequestMemory {
  if (!ctx) throw new Error('outside of a request to the provider');
  const memory = memories.get(ctx) ?? {};
  memories.set(ctx, memory);
  return memory;
}
