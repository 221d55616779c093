import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  assertNodeRegistered,
  journalKinds,
  journalReadiness,
  journalRegistry,
  openEntries,
  record,
  registerNode,
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
  await sql`update journal.node_key set revoked_at = clock_timestamp() where key_id = 'node-revoked'`.execute(
    fixture.owner,
  );
  await expect(assertNodeRegistered(fixture.app, revoked)).rejects.toThrow('revoked');
  await expect(registerNode({ keys: revoked }, fixture.owner)).rejects.toThrow('revoked');
});

test('the app cannot register a node', async () => {
  const keys = await newKeys('app-made');
  await expect(registerNode({ keys }, fixture.app)).rejects.toMatchObject({ code: '42501' });
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
