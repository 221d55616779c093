import { randomBytes } from 'node:crypto';
import { sql } from 'kysely';
import { insertSession, LONGEST_SESSION } from '#identity';
import { actAtOnce } from '#mandate';
import type { Config } from '#platform/config/config.ts';
import { type AppContext, inTransaction } from '#platform/context.ts';
import { randomToken, sha256 } from '#platform/crypto/hashes.ts';
import { after } from '#platform/time/clock.ts';
import { addPerson, addStructure, type TestAidant } from '#support/people.ts';
import type { FranceconnectIdentity } from '#usager';
import { chooseTerms } from '../../../src/mandate/conclude/choose-terms.ts';
import { closeDraft } from '../../../src/mandate/conclude/close-draft.ts';
import { openDraft } from '../../../src/mandate/conclude/open-draft.ts';
import { openStopCode } from '../../../src/mandate/document/stop-code.ts';
import { concludeIn, type MandateRow, type Terms } from '../mandate/follow-support.ts';
import type { Bed } from './seal-bed.ts';

/** A structure at work on the database of a bed, as the server: what is done there is really in the journal. */
export type Structure = Awaited<ReturnType<typeof structureOn>>;

export async function structureOn(bed: Bed) {
  const operator = { name: 'Essai', phone: '0321', email: 'a@entremise.example' };
  const ctx = { ...bed.ctx, db: bed.app, config: { ...bed.ctx.config, operator } as Config } satisfies AppContext;
  const place = { ctx, visitor: () => Promise.reject(new Error('nobody visits')) as never };
  const organisation = await addStructure(place);
  const aidant = await addPerson(place, { organisationIds: [organisation.id] });
  const mandates = ctx.db.selectFrom('mandate').selectAll().where('organisationId', '=', organisation.id);
  const themes = ctx.db.selectFrom('authorisation').selectAll().where('organisationId', '=', organisation.id);
  const drafts = ctx.db.selectFrom('mandateDraft').selectAll().where('organisationId', '=', organisation.id);
  return {
    ctx,
    aidant,
    newcomer: () => addPerson(place, { organisationIds: [organisation.id] }),
    conclude: (terms: Terms = {}, person: Partial<FranceconnectIdentity> = {}) =>
      concludeIn(ctx, aidant, person, terms),
    /** The whole rows: what a backup takes back and what must be as it was. */
    rows: async () => ({
      mandates: await mandates.orderBy('id').execute(),
      themes: await themes.orderBy('id').execute(),
    }),
    drafts: () => drafts.orderBy('id').execute(),
    draft: () => draftOn(ctx, aidant),
    decline: (draftId: string) => closeDraft(ctx, { aidantId: aidant.aidantId, draftId, cause: 'declined' }),
    act: ({ usagerId }: MandateRow, theme: string) => act(ctx, aidant, { usagerId, theme }),
    async lastUse({ id }: MandateRow) {
      const { rows } = await sql<{ id: string }>`
        select id from use where mandate_id = ${id} order by chosen_at desc limit 1`.execute(ctx.db);
      return rows[0]?.id ?? '';
    },
    async stopCodeOf({ id }: MandateRow) {
      const find = ctx.db.selectFrom('mandate').select('stopCodeSealed').where('id', '=', id);
      const { stopCodeSealed } = await find.executeTakeFirstOrThrow();
      return openStopCode(ctx, id, stopCodeSealed as Buffer);
    },
  };
}

async function draftOn(ctx: AppContext, { aidantId, organisationId }: TestAidant): Promise<string> {
  const draftId = await openDraft(ctx, { aidantId, organisationId });
  await chooseTerms(ctx, { aidantId, draftId, themes: ['famille'], duration: 'MONTH' });
  return draftId;
}

/** An aidant logs in and connects somewhere in the person's name, to the end. Throws the reason when it is refused. */
async function act(ctx: AppContext, aidant: TestAidant, { usagerId, theme }: { usagerId: string; theme: string }) {
  const { aidantId, organisationId } = aidant;
  const now = ctx.clock.now();
  const expiresAt = after(now, LONGEST_SESSION);
  const sessionIdHash = sha256(randomToken());
  await inTransaction(ctx, (trx) =>
    insertSession(trx, { aidantId, organisationId, cookieHash: sessionIdHash, now, factorAt: now, expiresAt }),
  );
  const who = { aidantId, organisation: { id: organisationId }, sessionIdHash, factorAt: now };
  const client = { clientId: `client-${randomBytes(4).toString('hex')}`, site: 'impots.gouv.fr' };
  await actAtOnce(ctx, { who: who as unknown as Parameters<typeof actAtOnce>[1]['who'], usagerId, theme, ...client });
}
