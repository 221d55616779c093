import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  assertNodeRegistered,
  journalKinds,
  journalReadiness,
  journalRegistry,
  openEntries,
  record,
  registerNode,
  revokeNode,
  rewrapSubjectKeys,
} from '#journal';
import { journalOf } from '#support/journal.ts';
import { createFixture, type Fixture, newId, newKeys, openedBy } from './fixture.ts';

let fixture: Fixture;
beforeAll(async () => {
  fixture = await createFixture();
});
afterAll(() => fixture.close());

test('registering a node writes it in the journal, signed by itself, once', async () => {
  const keys = await newKeys('second');
  expect(await registerNode({ keys }, fixture.owner)).toBe(true);
  expect(await registerNode({ keys }, fixture.owner)).toBe(false);
  const registry = journalRegistry(journalKinds);
  const entries = await journalOf(fixture.reader, { kinds: ['node.registered'], registry });
  expect(entries.map(({ node, clear, log }) => ({ node, log, ...clear }))).toEqual([
    { node: 'node-test', log: 'actes', key: 'node-test', ed25519: fixture.keys.journalNode[0].x },
    { node: 'node-second', log: 'actes', key: 'node-second', ed25519: keys.journalNode[0].x },
  ]);
  expect(entries[1]?.sentence).toBe(
    'Le serveur «\u00a0node-second\u00a0» est inscrit\u00a0: il peut écrire dans le journal et signe ce qu’il écrit.',
  );
});

test('two programs registering one node at once write it once', async () => {
  const keys = await newKeys('twice');
  const results = await Promise.all([1, 2, 3].map(() => registerNode({ keys }, fixture.owner)));
  expect(results.filter(Boolean)).toHaveLength(1);
});

test('a program whose node key is unknown, another one under the same id, or revoked does not start', async () => {
  await expect(assertNodeRegistered(fixture.app, fixture.keys)).resolves.toBeUndefined();

  const unknown = await newKeys('unknown');
  await expect(assertNodeRegistered(fixture.app, unknown)).rejects.toThrow('does not know node key « node-unknown »');
  expect(await journalReadiness(fixture.app, unknown)).toEqual([expect.stringContaining('node-unknown')]);

  const impostor = await newKeys('test');
  await expect(assertNodeRegistered(fixture.app, impostor)).rejects.toThrow('not the one registered');
  await expect(registerNode({ keys: impostor }, fixture.owner)).rejects.toThrow('not the one registered');
  const [node] = fixture.keys.journalNode;
  const renamed = { ...fixture.keys, journalNode: [{ ...node, kid: 'node-other' }] } as typeof fixture.keys;
  await expect(registerNode({ keys: renamed }, fixture.owner)).rejects.toThrow('not the one registered');

  const revoked = await newKeys('revoked');
  await registerNode({ keys: revoked }, fixture.owner);
  await revokeNode(fixture, fixture.owner, 'node-revoked');
  await expect(assertNodeRegistered(fixture.app, revoked)).rejects.toThrow('revoked');
  await expect(registerNode({ keys: revoked }, fixture.owner)).rejects.toThrow('revoked');
});

test('the app cannot register a node, nor revoke one', async () => {
  const keys = await newKeys('app-made');
  await expect(registerNode({ keys }, fixture.app)).rejects.toMatchObject({ code: '42501' });
  await expect(revokeNode(fixture, fixture.app, 'node-second')).rejects.toMatchObject({ code: '42501' });
});

describe('revoking a node key', () => {
  const registry = journalRegistry(journalKinds);
  const keyRow = async (id: string) =>
    (
      await sql<{ revokedAt: Date | null }>`select revoked_at from journal.node_key where key_id = ${id}`.execute(
        fixture.owner,
      )
    ).rows[0]?.revokedAt;
  const told = async (id: string) =>
    (await journalOf(fixture.reader, { kinds: ['node.revoked'], registry })).filter(({ clear }) => clear.key === id);

  test('writes it in the journal in the same transaction, once, signed by another node', async () => {
    const keys = await newKeys('leaked');
    await registerNode({ keys }, fixture.owner);
    const done = await Promise.all([1, 2, 3].map(() => revokeNode(fixture, fixture.owner, 'node-leaked')));
    expect(done.filter((one) => one.ok && one.isNew)).toHaveLength(1);
    const revokedAt = await keyRow('node-leaked');
    expect(done.map((one) => one.ok && one.revokedAt)).toEqual([revokedAt, revokedAt, revokedAt]);
    const [entry, ...more] = await told('node-leaked');
    expect(more).toEqual([]);
    expect(entry).toMatchObject({
      ...{ node: 'node-test', log: 'actes', clear: { key: 'node-leaked', at: revokedAt?.toISOString() } },
      sentence:
        'La clé du serveur «\u00a0node-leaked\u00a0» est révoquée\u00a0: ce qu’elle signe désormais est mis à l’écart.',
    });
  });

  test('refused for a key that nobody registered, for the one that would sign it, and by a node that may not write', async () => {
    expect(await revokeNode(fixture, fixture.owner, 'node-nobody')).toEqual({ ok: false, reason: 'unknown' });
    expect(await revokeNode(fixture, fixture.owner, 'node-test')).toEqual({ ok: false, reason: 'current' });
    expect(await keyRow('node-test')).toBeNull();
    const keys = await newKeys('stranger');
    await expect(revokeNode({ keys }, fixture.owner, 'node-second')).rejects.toThrow('does not know node key');
    expect([await keyRow('node-second'), await told('node-second')]).toEqual([null, []]);
  });

  test('no entry, no revocation: both go together', async () => {
    await sql`revoke insert on journal.entry from entremise_owner`.execute(fixture.superuser);
    await expect(revokeNode(fixture, fixture.owner, 'node-second')).rejects.toMatchObject({ code: '42501' });
    await sql`grant insert on journal.entry to entremise_owner`.execute(fixture.superuser);
    expect([await keyRow('node-second'), await told('node-second')]).toEqual([null, []]);
  });
});

test('after a change of data key the subject keys are wrapped again and the old key can go', async () => {
  const subject = newId();
  await fixture.act((trx) => record(fixture, trx, openedBy('Zoé', subject)));
  const [entry] = await journalOf(fixture.reader, { kinds: ['door.opened'] });
  const fresh = (await newKeys('fresh')).data;
  const both = { ...fixture.keys, data: [...fresh, ...fixture.keys.data] } as typeof fixture.keys;
  const only = { ...fixture.keys, data: fresh };

  await expect(openEntries({ keys: only }, fixture.app, [entry?.id ?? ''])).rejects.toThrow('no data key « test »');
  expect(await rewrapSubjectKeys({ keys: both }, fixture.owner)).toBe(1);
  expect(await rewrapSubjectKeys({ keys: both }, fixture.owner)).toBe(0);
  const found = await openEntries({ keys: only }, fixture.app, [entry?.id ?? '']);
  expect(found.get(entry?.id ?? '')?.opened).toEqual({ name: 'Zoé' });
});
