import { cp, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { runCli } from '#app/cli/run-cli.ts';
import { mirror, reconcile, record } from '#journal';
import { type AppContext, inTransaction } from '#platform/context.ts';
import { makeKeys } from '#platform/crypto/make-keys.ts';
import { type Db, openDatabase } from '#platform/db/database.ts';
import { after, MINUTE, systemClock } from '#platform/time/clock.ts';
import { ignoreClosing } from '#support/context-parts.ts';
import { sealWorld, sequenceWorld } from '#support/seal.ts';
import { createWorld, type World } from '#support/world.ts';
import { placeHold } from '../../../src/journal/erase/holds.ts';
import { parseEntry } from '../../../src/journal/parse-entry.ts';
import { journalPowers } from '../../../src/journal/publish/journal-powers.ts';
import { newId, openedBy } from './fixture.ts';
import { serviceEnvironment } from './programs.ts';
import { expectMirrored, headsOf, tamper } from './seal-bed.ts';

// What an operator meets after a restore, when nothing is lost: an older copy of the mirror, a hold that was placed again.

let world: World;
let superuser: Db;
let ownerCtx: AppContext;
let folder: string;

beforeAll(async () => {
  world = await createWorld();
  superuser = openDatabase(world.database.superuserUrl, { max: 2, onError: ignoreClosing });
  ownerCtx = { ...world.workerCtx, db: openDatabase(world.database.ownerUrl, { max: 2, onError: ignoreClosing }) };
  folder = await mkdtemp(join(tmpdir(), 'entremise-mirror-behind-'));
});
afterAll(async () => {
  await Promise.all([superuser?.destroy(), ownerCtx?.db.destroy()]);
  await rm(folder, { recursive: true, force: true });
  await world?.close();
});

const write = (count: number) =>
  inTransaction(world.ctx, (trx) =>
    record(world.ctx, trx, ...Array.from({ length: count }, () => openedBy('Zoé', newId()))),
  );
const copyTo = (where: string) => mirror(world.workerCtx, 'actes', where);
const sizeOf = (answer: Awaited<ReturnType<typeof mirror>>) => ('refused' in answer ? answer.refused : answer.size);

test('an older copy of the mirror, where the database has no head of its size: it goes on from there; reconcile names it, and no end of a log', async () => {
  const [now, older] = [join(folder, 'now'), join(folder, 'older')];
  await sealWorld(world);
  await write(300);
  await sequenceWorld(world);
  const behind = sizeOf(await copyTo(now));
  await cp(now, older, { recursive: true });
  await write(300);
  await sealWorld(world);
  const here = sizeOf(await copyTo(now));
  // as after a restore and its reconcile: of what came back, only the last head is there
  await tamper(superuser, 'journal.tree_head', `delete from journal.tree_head where log_id = 1 and size < ${here}`);

  const last = (await headsOf(superuser, 'actes')).at(-1);
  const cosigned = { size: last?.size ?? 0n, root: last?.root ?? Buffer.alloc(32) };
  const known = [{ who: 'the signer', size: cosigned.size }];
  const asked = { mirror: older, cosigned, known };
  const said = `the mirror ends at ${behind}, the database at ${here}: nothing is missing here after ${behind}`;
  const refused = { refused: expect.stringMatching(new RegExp(`^${said}.*Start the workers`)) };
  expect(await reconcile(ownerCtx, 'actes', asked)).toEqual(refused);
  expect(await reconcile(ownerCtx, 'actes', { ...asked, whole: true })).toEqual(refused);
  // sealed, and neither mirrored nor signed yet
  const signed = { ...asked, cosigned: { size: 1n, root: cosigned.root }, known: [] };
  expect(await reconcile(ownerCtx, 'actes', signed)).toEqual(refused);
  // a tree that the witnesses did not cosign has lost what they cosigned
  const forked = { ...asked, cosigned: { ...cosigned, root: Buffer.alloc(32) } };
  expect(await reconcile(ownerCtx, 'actes', forked)).toEqual({ refused: expect.stringContaining('journal succeed') });
  const ahead = { ...asked, known: [{ who: 'the signer', size: cosigned.size + 1n }] };
  expect(await reconcile(ownerCtx, 'actes', ahead)).toEqual({ refused: expect.stringContaining('journal succeed') });

  const head = join(older, 'actes', 'head.json');
  const honest = await readFile(head, 'utf8');
  await writeFile(head, JSON.stringify({ size: String(behind), root: Buffer.alloc(32).toString('base64') }));
  expect(await copyTo(older)).toEqual({
    refused: expect.stringMatching(/^other-tree: .* are not the first .*put the folder « actes » aside, and keep it/),
  });
  await writeFile(head, honest);
  expect(sizeOf(await copyTo(older))).toBe(here);
  await expectMirrored(superuser, 'actes', older);
  await rename(join(older, 'actes'), join(older, 'actes-other'));
  expect(sizeOf(await copyTo(older))).toBe(here);
  await expectMirrored(superuser, 'actes', older);
});

test('a hold that a restore lost is asked for each time; one of that sort that was placed since is named', async () => {
  // entries are dated by the clock of the system, whatever the clock of this world is
  const clock = { now: () => after(systemClock.now(), MINUTE) };
  const place = async (target: Parameters<typeof placeHold>[1]['target'], ground: 'audit' | 'litigation') => {
    const placed = await placeHold({ ...world.workerCtx, clock }, { target, ground });
    if (!placed.ok) throw new Error(placed.reason);
    return placed.holdId;
  };
  const person = { usagerId: newId() };
  const lost = await place(person, 'audit');
  const { rows } = await sql<{ leaf: Buffer }>`
    select e.leaf from journal.entry e join journal.entry_index i on i.id = e.id
    where i.kind = 'hold.placed' order by e.recorded_at desc limit 1`.execute(superuser);
  const kinds = new Map(journalPowers.map(({ kind }) => [`${kind.kind}@${kind.version}`, kind]));
  const act = parseEntry(rows[0]?.leaf ?? Buffer.alloc(0), kinds);
  expect(act.clear.hold).toBe(lost);
  const follow = () =>
    inTransaction({ db: superuser }, async (trx) => {
      const powers = journalPowers.find(({ kind }) => kind.kind === act.kind)?.powers(act) ?? [];
      return powers[0]?.follow(trx, world.workerCtx);
    });
  expect(await follow()).toEqual({});
  await tamper(superuser, 'journal.hold', `delete from journal.hold where id = '${lost}'`);
  await expect(follow()).rejects.toThrow('placez-le de nouveau');
  await place(person, 'litigation');
  await place({ mandateId: newId() }, 'audit');
  await place({ first: '2025-10', last: '2025-10' }, 'audit');
  await expect(follow()).rejects.toThrow(/placez-le de nouveau.*avant d’effacer$/);
  const again = await place({ usagerId: newId() }, 'audit');
  await expect(follow()).rejects.toThrow(new RegExp(`placez-le de nouveau.* le gel ${again} a été placé depuis`));
});

test('a motive that another hand wrote beside an entry in quarantine is told as such', async () => {
  await sql`
    insert into journal.quarantine (entry_id, recorded_at, log_id, reason, found_at)
    values (${newId()}, clock_timestamp(), 2, 'parce que', clock_timestamp())`.execute(superuser);
  const out: string[] = [];
  const keys = JSON.stringify(await makeKeys('check'));
  const env = { ...serviceEnvironment(world.database, { keys, publicUrl: world.url }), LOG_LEVEL: 'silent' };
  await runCli(['journal', 'check', '--log', 'acces'], { env, out: (line) => out.push(line), say: () => undefined });
  const told = out.filter((line) => line.startsWith('information'));
  expect(told).toEqual([expect.stringMatching(/\(pour un motif qui n’est pas des nôtres\)$/)]);
});
