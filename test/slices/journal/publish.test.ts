import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { nodeCrypto, policyText } from '#journal';
import { checkNote, parsePolicy } from '#journal/verify';
import { sealWorld } from '#support/seal.ts';
import { createWorld, type World } from '#support/world.ts';

let world: World;

beforeAll(async () => {
  world = await createWorld();
});
afterAll(() => world?.close());

test('what is written is sealed, signed, cosigned by two of two and published', async () => {
  const { policy } = await sealWorld(world);
  expect(await policyText(world.ctx)).toBe(policy);
  const read = parsePolicy(policy, nodeCrypto.sha256);
  if (!read.ok) throw new Error(read.fault);
  const { rows } = await sql<{ logId: number; size: number; note: string }>`
    select log_id, size, note from journal.publication order by log_id, size`.execute(world.ctx.db);
  expect(rows.map(({ logId, size }) => [logId, size])).toEqual([[1, 3]]);
  const checked = checkNote(nodeCrypto, read.policy, rows[0]?.note ?? '');
  expect(checked).toMatchObject({ ok: true, checkpoint: { size: 3n, origin: 'journal.entremise.test/actes' } });
});
