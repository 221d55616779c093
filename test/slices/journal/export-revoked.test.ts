import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { makeRangeExport, makeSelectionExport, policyText, record, registerNode, revokeNode } from '#journal';
import { openDatabase } from '#platform/db/database.ts';
import { ignoreClosing } from '#support/context-parts.ts';
import { type EraseFixture, eraseFixture, looked, newId, openedBy } from './erase-support.ts';
import {
  changed,
  check,
  failing,
  remanifested,
  resummed,
  type Unpacked,
  unchecked,
  unpacked,
  verified,
  without,
} from './export-support.ts';
import { newKeys } from './fixture.ts';

// The key of a node is revoked by an entry: whoever hands out an export cannot hide it where that entry is proven.

let fixture: EraseFixture;
let policy: string;
/** All of `actes`; its first bundle, in which the revocation is not; one entry of the revoked node; all of `acces`. */
let whole: Unpacked;
let first: Unpacked;
let one: Unpacked;
let acces: Unpacked;

beforeAll(async () => {
  fixture = await eraseFixture();
  const stolen = { keys: await newKeys('stolen') };
  const fresh = { keys: await newKeys('fresh') };
  await registerNode(stolen, fixture.owner);
  const [id = ''] = await fixture.act((trx) => record(stolen, trx, openedBy('Zoé', newId()), looked()));
  const many = Array.from({ length: 300 }, () => openedBy('Léa', newId()));
  await fixture.act((trx) => record(fixture, trx, ...many));
  await registerNode(fresh, fixture.owner);
  // by a node that signs nothing else: its registration is needed too
  expect(await revokeNode(fresh, fixture.owner, 'node-stolen')).toMatchObject({ ok: true, isNew: true });
  await fixture.seal();
  policy = await policyText(fixture.ctx);
  const { ctx } = fixture;
  whole = unpacked((await makeRangeExport(ctx, { log: 'actes', from: 0n })).pieces);
  first = unpacked((await makeRangeExport(ctx, { log: 'actes', from: 0n, to: 10n })).pieces);
  one = unpacked((await makeSelectionExport(ctx, { log: 'actes', ids: [id] })).pieces);
  acces = unpacked((await makeRangeExport(ctx, { log: 'acces', from: 0n })).pieces);
});
afterAll(() => fixture.close());

const all = () =>
  [
    ['whole', whole],
    ['first', first],
    ['one', one],
    ['acces', acces],
  ] as const;
const revocations = (files: Unpacked) => check(verified(resummed(files), policy), 'node-revocations');
const rekeyed = (files: Unpacked, change: (line: string) => string) =>
  changed(files, 'node-keys.jsonl', (bytes) =>
    bytes
      .toString()
      .split('\n')
      .map((line) => (line.includes('"node-stolen"') ? change(line) : line))
      .join('\n'),
  );
const unrevoked = (files: Unpacked) => rekeyed(files, (line) => line.replace(/"revokedAt":"[^"]+"/, '"revokedAt":""'));

/** Without the entry that revokes, where it stands apart, and all that goes with it. */
function withoutEntry(files: Unpacked): Unpacked {
  const path = [...files].find(([name, bytes]) => /leaves\//.test(name) && bytes.includes('"node.revoked"'))?.[0] ?? '';
  const index = /\d+/.exec(path)?.[0] ?? '';
  const bare = without(without(files, path), path.replace('leaves', 'proofs').replace('.json', '.tlog-proof'));
  if (path.startsWith('actes/')) return bare;
  const unsigned = changed(bare, 'node-signatures.jsonl', (bytes) =>
    bytes.toString().replace(new RegExp(`\\{"index":"${index}",.*\\n`), ''),
  );
  return remanifested(unsigned, ({ beside }) => ({ beside: beside.filter((place) => String(place) !== index) }));
}

test('the entry comes with every export that the key signed in: proven, and said how far that goes', () => {
  for (const [name, files] of all()) {
    const report = verified(files, policy);
    expect([name, failing(report), unchecked(report)]).toEqual([name, [], ['consistency']]);
    expect(check(report, 'node-revocations')?.line).toContain('dont 1\u00a0révoquée par une entrée prouvée d’ici');
    const isWhole = name === 'whole';
    expect(check(report, 'node-revocations')?.line.includes('N’EST PAS CONTRÔLÉ')).toBe(!isWhole);
    expect(check(report, 'node-revocations')?.line.includes('là en entier')).toBe(isWhole);
  }
});

describe('a key file that the entry contradicts is a failure, whichever export', () => {
  test.each([
    ['the revocation is taken away', unrevoked],
    [
      'it is put later',
      (files: Unpacked) => rekeyed(files, (line) => line.replace(/"revokedAt":"20/, '"revokedAt":"29')),
    ],
  ])('%s', (_case, change) => {
    for (const [name, files] of all()) {
      const report = verified(resummed(change(files)), policy);
      expect([name, failing(report)]).toEqual([name, ['node-revocations']]);
      expect(check(report, 'node-revocations')?.details.join()).toContain('node-stolen');
    }
  });
});

test('the entry is taken away: not checked; both are: nothing can show it, and the check says that it is not checked', () => {
  for (const [name, files] of all().filter(([, one]) => one !== whole)) {
    const report = verified(resummed(withoutEntry(files)), policy);
    expect([name, failing(report), unchecked(report)]).toEqual([name, [], ['consistency', 'node-revocations']]);
    expect(check(report, 'node-revocations')?.details.join()).toContain('aucune entrée prouvée');
    expect(revocations(unrevoked(withoutEntry(files)))).toMatchObject({
      ...{ status: 'pass', line: expect.stringMatching(/dont 0\u00a0révoquée.*N’EST PAS CONTRÔLÉ/) },
    });
  }
});

test('a key that is given for revoked and is not: not checked', () => {
  const invented = changed(whole, 'node-keys.jsonl', (bytes) =>
    bytes.toString().replace('"revokedAt":""', '"revokedAt":"2999-01-01T00:00:00.000Z"'),
  );
  expect(revocations(invented)).toMatchObject({ status: 'not-checked' });
});

test('strangers’ rows under the id of the revocation, JSON or not, say nothing and stop nothing: the key is revoked since the same hour', async () => {
  const keyRow = async () => {
    const { rows } = await sql<{ revokedAt: Date | null }>`
      select revoked_at from journal.node_key where key_id = 'node-stolen'`.execute(fixture.superuser);
    return rows[0]?.revokedAt ?? null;
  };
  const since = await keyRow();
  expect(since).not.toBeNull();
  const forged = '{"clear":{"at":"2001-01-01T00:00:00.000Z","key":"node-stolen"},"type":"node.revoked"}';
  for (const leaf of ['not json', '{"clear":"é', '{"clear":{"at":"never","key":"node-stolen"}}', forged])
    await sql`
      insert into journal.entry (id, log_id, node, leaf, node_sig)
      select id, log_id, 'node-test', ${Buffer.from(leaf, 'latin1')}, ${Buffer.alloc(64)}
      from journal.entry_index where kind = 'node.revoked'`.execute(fixture.app);
  await sql`update journal.node_key set revoked_at = null where key_id = 'node-stolen'`.execute(fixture.superuser); // as a restored backup has it
  // every row is read before any is joined: whatever the planner chooses, none of them may stop it
  const owner = openDatabase(`${fixture.database.ownerUrl}?options=-c%20enable_nestloop%3Doff`, {
    ...{ max: 1, onError: ignoreClosing },
  });
  const again = await revokeNode(fixture, owner, 'node-stolen');
  await owner.destroy();
  expect(again).toEqual({ ok: true, revokedAt: since, isNew: true });
  expect(await keyRow()).toEqual(since);
});
