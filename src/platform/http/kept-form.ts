import type { AppContext } from '../context.ts';
import { seal, unseal } from '../crypto/seal.ts';
import { after, MINUTE } from '../time/clock.ts';
import { type Form, withoutSecrets } from './form.ts';

const KEPT_FOR = 30 * MINUTE;

function placeOf(sessionIdHash: Buffer, path: string) {
  return { table: 'kept_form', column: 'sealed', row: `${sessionIdHash.toString('hex')} ${path}` };
}

/** Keeps what was typed (never the codes) for this session and this page, for 30 minutes. */
export async function keepForm(ctx: AppContext, sessionIdHash: Buffer, path: string, form: Form): Promise<void> {
  const sealed = seal(ctx.keys.data, placeOf(sessionIdHash, path), JSON.stringify(withoutSecrets(form)));
  const expiresAt = after(ctx.clock.now(), KEPT_FOR);
  await ctx.db
    .insertInto('keptForm')
    .values({ sessionIdHash, path, sealed, expiresAt })
    .onConflict((conflict) => conflict.columns(['sessionIdHash', 'path']).doUpdateSet({ sealed, expiresAt }))
    .execute();
}

/** Gives a kept form back, once, to the browser whose session kept it (`cookieHash`: what the browser holds now). */
export async function takeKeptForm(ctx: AppContext, cookieHash: Buffer, path: string): Promise<Form | null> {
  const row = await ctx.db
    .deleteFrom('keptForm')
    .using('session')
    .whereRef('session.idHash', '=', 'keptForm.sessionIdHash')
    .where('session.cookieHash', '=', cookieHash)
    .where('keptForm.path', '=', path)
    .returning(['keptForm.sessionIdHash', 'keptForm.sealed', 'keptForm.expiresAt'])
    .executeTakeFirst();
  if (!row || row.expiresAt <= ctx.clock.now()) return null;
  return JSON.parse(unseal(ctx.keys.data, placeOf(row.sessionIdHash, path), row.sealed).toString());
}
