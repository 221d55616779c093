import { afterAll, beforeAll, expect, test } from 'vitest';
import { rootOf } from '#journal/verify';
import { sha256 } from '#platform/crypto/hashes.ts';
import { leavesOf, type SealFixture, sealFixture } from './seal-fixture.ts';

let fixture: SealFixture;
beforeAll(async () => {
  fixture = await sealFixture();
});
afterAll(() => fixture.close());

test('entries get indices without a gap, and one tree', async () => {
  await fixture.write(3);
  expect(await fixture.sequence('actes')).toMatchObject({ size: 4n, added: 4 });
  await fixture.write(700);
  expect(await fixture.sequence('actes')).toMatchObject({ size: 704n, added: 700 });
  expect(await fixture.sequence('actes')).toMatchObject({ size: 704n, added: 0 });
  const { hashes, head } = await leavesOf(fixture.superuser, 'actes');
  expect(head?.size).toBe(704n);
  expect(Buffer.from(rootOf(sha256, hashes)).equals(head?.root ?? Buffer.alloc(0))).toBe(true);
});
