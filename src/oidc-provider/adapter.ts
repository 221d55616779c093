import Provider, { type Adapter, type AdapterFactory, type AdapterPayload, errors } from 'oidc-provider';
import { issueCode, redeemCode, refuseReplay } from '#mandate';
import type { AppContext } from '#platform/context.ts';
import { after, SECOND } from '#platform/time/clock.ts';
import type { ClientStore } from './client.store.ts';
import type { ClientFailures } from './client-failures.ts';
import { grantFrom, type Model, restored } from './payload.rules.ts';
import {
  deleteToken,
  exchanging,
  findToken,
  forgettingTokens,
  insertInteraction,
  keepingCode,
  takeInteraction,
} from './payload.store.ts';
import { memoryOf } from './request-memory.ts';

type Parts = { ctx: AppContext; clients: ClientStore; failures: ClientFailures };

/** What is not kept at all. */
const nothing: Adapter = {
  upsert: async () => undefined,
  find: async () => undefined,
  findByUid: async () => undefined,
  findByUserCode: async () => undefined,
  consume: async () => undefined,
  destroy: async () => undefined,
  revokeByGrantId: async () => undefined,
};

/**
 * Where oidc-provider keeps its state. Sessions are not kept: somebody chooses for whom they act at each request, so that
 * there is nothing to remember of a browser. A grant is a row of `use`. Issuing a code, redeeming it and giving an identity
 * are use cases of the mandate: each is one transaction that checks the right and writes the journal.
 */
export function adapterFor(parts: Parts): AdapterFactory {
  const models: Readonly<Record<string, Adapter>> = {
    Client: clients(parts),
    Session: nothing,
    Interaction: interactions(parts),
    Grant: grants(parts),
    AuthorizationCode: codes(parts),
    AccessToken: tokens(parts),
  };
  return (model) => models[model] ?? nothing;
}

function clients({ clients, failures }: Parts): Adapter {
  return {
    ...nothing,
    async find(clientId) {
      const request = Provider.ctx;
      if (request?.oidc.route === 'token' && (await failures.tooMany(clientId, request.ip))) {
        throw new errors.OIDCProviderError(429, 'slow_down');
      }
      return (await clients.find(clientId))?.metadata;
    },
  };
}

function interactions({ ctx }: Parts): Adapter {
  return {
    ...nothing,
    upsert: (id, payload, expiresIn) => insertInteraction(ctx.db, { id, payload, expiresAt: expiry(ctx, expiresIn) }),
    async find(id) {
      const taken = await takeInteraction(ctx.db, id, ctx.clock.now());
      if (!taken) return undefined;
      if (taken.facts) memoryOf().known = taken.facts;
      return restored('Interaction', id, taken.payload, ctx.config.publicUrl);
    },
  };
}

function grants({ ctx }: Parts): Adapter {
  return {
    ...nothing,
    async find(id) {
      const { grant } = memoryOf();
      return grant?.jti === id ? grant : undefined;
    },
    /** The library does this when a code is presented a second time. */
    async destroy(useId) {
      if (Provider.ctx?.oidc.route !== 'token') return;
      await refuseReplay(ctx, { useId, known: memoryOf().sealed, forgetTokens: forgettingTokens(useId) });
    },
  };
}

function codes({ ctx }: Parts): Adapter {
  return {
    ...nothing,
    async upsert(id, payload, expiresIn) {
      assertDelegation(payload);
      const useId = grantedUse(payload);
      const keep = keepingCode(useId, { id, payload, expiresAt: expiry(ctx, expiresIn) });
      const issued = await issueCode(ctx, { useId, known: memoryOf().known, keep });
      if (!issued.ok) throw new errors.AccessDenied(`the right to act does not hold any more (${issued.reason})`);
    },
    find: (id) => found(ctx, 'AuthorizationCode', id),
    async consume(id) {
      memoryOf().code = id;
    },
  };
}

/** An ID token always says who acts, under which mandate, about what: a code that would not is never kept. */
function assertDelegation({ claims }: AdapterPayload): void {
  const asked = (claims as { id_token?: Record<string, unknown> } | undefined)?.id_token ?? {};
  const missing = ['act', 'mandate', 'rep_scope'].filter((claim) => !(claim in asked));
  if (missing.length > 0) throw new Error(`a code without ${missing.join(', ')}: the request went around its filter`);
}

function tokens({ ctx }: Parts): Adapter {
  return {
    ...nothing,
    async upsert(id, payload, expiresIn) {
      const memory = memoryOf();
      const useId = grantedUse(payload);
      const codeId = memory.code;
      if (!codeId) throw new Error('a token is issued against a code only');
      const token = { id, payload, expiresAt: expiry(ctx, expiresIn) };
      const redeemed = await redeemCode(ctx, {
        useId,
        known: memory.sealed,
        exchange: exchanging(useId, { codeId, token, now: ctx.clock.now() }),
        forgetTokens: forgettingTokens(useId),
      });
      if (!redeemed.ok) throw new errors.InvalidGrant(`refused: ${redeemed.reason}`);
      memory.use = redeemed.use;
    },
    find: (id) => found(ctx, 'AccessToken', id),
    destroy: (id) => deleteToken(ctx.db, id),
  };
}

async function found(ctx: AppContext, model: Exclude<Model, 'Interaction'>, id: string) {
  const row = await findToken(ctx.db, { model, id, now: ctx.clock.now() });
  if (!row) return undefined;
  const { consumedAt, usagerSubject, aidantSubject, use } = row;
  const { useId } = use;
  const payload = { ...restored(model, id, row.payload, ctx.config.publicUrl), grantId: useId };
  const memory = memoryOf();
  memory.subjects = { usager: usagerSubject, aidant: aidantSubject };
  memory.grant = grantFrom(useId, payload);
  memory.sealed = use;
  return consumedAt ? { ...payload, consumed: Math.floor(consumedAt.getTime() / SECOND) } : payload;
}

function grantedUse({ grantId }: AdapterPayload): string {
  if (!grantId) throw new Error('a code or a token without its use');
  return grantId;
}

function expiry({ clock }: AppContext, seconds = 0): Date {
  return after(clock.now(), seconds * SECOND);
}
