import type { Db } from '#platform/db/database.ts';

/** Whether a form of this page waits for its session to be awake again. */
export async function hasKeptForm(
  db: Db,
  { sessionIdHash, path, now }: { sessionIdHash: Buffer; path: string; now: Date },
): Promise<boolean> {
  const row = await db
    .selectFrom('keptForm')
    .select('path')
    .where('sessionIdHash', '=', sessionIdHash)
    .where('path', '=', path)
    .where('expiresAt', '>', now)
    .executeTakeFirst();
  return row !== undefined;
}
