import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { openDatabase } from '#platform/db/database.ts';
import { createWorld } from '#support/world.ts';

test('/readyz says when the node of this very program may not write in the journal', async () => {
  const world = await createWorld();
  const superuser = openDatabase(world.database.superuserUrl, { max: 1, onError: () => undefined });
  const asked = async () => {
    const response = await fetch(`${world.url}/readyz`);
    return [response.status, await response.text()];
  };
  try {
    expect(await asked()).toEqual([200, 'ready\n']);
    // another node is registered, and could write: that does not make this one ready
    await sql`
      insert into journal.node_key (key_id, public_key, registered_at)
      values ('node-other', ${Buffer.alloc(32, 7)}, clock_timestamp())`.execute(superuser);
    await sql`update journal.node_key set revoked_at = clock_timestamp() where key_id <> 'node-other'`.execute(
      superuser,
    );
    expect(await asked()).toEqual([503, expect.stringContaining('is revoked')]);
  } finally {
    await superuser.destroy();
    await world.close();
  }
});
