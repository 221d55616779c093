import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { proveEntry, sequence } from '#journal';
import { projectRoot } from '#platform/root.ts';
import type { SucceedGiven } from '#support/succeed-child.ts';
import { expectSound, headsOf, sealedOf, sizeOf, stateOf, tamper, until } from './seal-bed.ts';
import { makeSuccessionBed, ORIGIN, type SuccessionBed } from './succession-bed.ts';

// Row 20, rehearsed from end to end: a log that cannot go on under its name is closed, and another one goes on in its place.

vi.setConfig({ testTimeout: 240_000 }); // processes and a server of their own, on a machine that may be busy

let service: SuccessionBed;
/** What an auditor kept from before. */
let kept: { policy: string; first: string; last: string; proof: string };
let first: bigint;
let last: bigint;
let before: Awaited<ReturnType<typeof sealedOf>>;

beforeAll(async () => {
  service = await makeSuccessionBed();
  const { bed } = service;
  await bed.write(300);
  await bed.write(20, 'acces');
  await service.settle();
  first = await sizeOf(bed.superuser, 'actes', 'publication');
  await bed.write(400);
  await service.settle();
  last = await sizeOf(bed.superuser, 'actes', 'publication');
  before = await sealedOf(bed.superuser, 'actes');
  const notes = await service.notes('actes');
  const proof = await proveEntry(service.program(), before[100]?.id ?? '');
  kept = {
    policy: await service.policy(),
    first: notes.find(({ size }) => size === Number(first))?.note ?? '',
    last: notes.at(-1)?.note ?? '',
    proof: proof?.proof ?? '',
  };
});
afterAll(() => service?.close());

const succeeding = (...more: string[]) =>
  service.cli(['journal', 'succeed', '--log', 'actes', '--because', 'tree-lost', ...more]);

/** Whatever a refusal must leave as it is. */
async function state() {
  const { bed } = service;
  const { rows } = await sql<{ tables: string[]; entries: number; successions: number }>`
    select (select array_agg(relname::text order by relname) from pg_class
        where relnamespace = 'journal'::regnamespace and relkind in ('r', 'p')) as tables,
      (select count(*)::int from journal.entry) as entries, (select count(*)::int from journal.succession) as successions`.execute(
    bed.superuser,
  );
  return { ...rows[0], leaves: await sealedOf(bed.superuser, 'actes'), heads: await headsOf(bed.superuser, 'actes') };
}

describe('row 20: leaves are lost, and the mirror with them', () => {
  test('row 20: sealing refuses and names the command; acts go on', async () => {
    const { bed, mirror } = service;
    await tamper(bed.superuser, 'journal.leaf', `delete from journal.leaf where log_id = 1 and idx >= ${first + 57n}`);
    await rm(join(mirror, 'actes'), { recursive: true });
    await bed.write(30);
    const refused = await sequence(service.program(), 'actes');
    expect(refused).toEqual({ refused: expect.stringContaining('npm run cli -- journal succeed --log actes') });
    expect(await stateOf(bed.superuser, 'actes', 'sequencer')).toContain('journal succeed');
    const reconciled = await service.cli(['journal', 'reconcile', '--log', 'actes']);
    expect(reconciled).toMatchObject({ status: 1, said: expect.stringContaining('journal succeed --log actes') });
  });

  test('row 20: a checkpoint that is not the last one, of another log, or tampered with, is refused and changes nothing', async () => {
    const was = await state();
    const file = join(service.folder, 'closed');
    const [acces] = (await service.notes('acces')).slice(-1);
    for (const [note, why] of [
      [kept.first, 'a later checkpoint than the one handed in'],
      [acces?.note ?? '', `it is of « ${ORIGIN}/acces »`],
      [kept.last.replace(`\n${last}\n`, `\n${last + 1n}\n`), 'bad-signature'],
      ['nothing', 'is not one of'],
    ] as const) {
      await writeFile(file, note);
      const refused = await succeeding('--closed', file, '--confirm', `${ORIGIN}/actes`);
      expect([refused.status, refused.said]).toEqual([1, expect.stringContaining(why)]);
    }
    for (const [args, why] of [
      [['--confirm', `${ORIGIN}/acces`], 'is not the log that is to end'],
      [[], `--confirm ${ORIGIN}/actes`],
    ] as const) {
      const refused = await succeeding(...args);
      expect([refused.status, refused.said]).toEqual([1, expect.stringContaining(why)]);
    }
    expect(await service.cli(['journal', 'succeed', '--log', 'actes', '--because', 'Mme X'])).toMatchObject({
      status: 1,
    });
    expect(await state()).toEqual(was);
  });

  test('row 20: refused while a sealer holds the lock', async () => {
    const was = await state();
    await service
      .program()
      .db.transaction()
      .execute(async (trx) => {
        await sql`select pg_advisory_xact_lock(${0x6a6f75}::int, 1)`.execute(trx);
        const refused = await succeeding('--confirm', `${ORIGIN}/actes`);
        expect(refused).toMatchObject({ status: 1, said: expect.stringContaining('stop the workers first') });
      });
    expect(await state()).toEqual(was);
  });

  test('row 20: killed in the middle, it leaves the log as it was', async () => {
    const { bed } = service;
    const was = await state();
    const given: SucceedGiven = {
      ownerUrl: bed.cluster.ownerUrl,
      keys: bed.keysText,
      journal: service.journal(),
      sealing: service.sealing(),
      confirmed: `${ORIGIN}/actes`,
    };
    await service
      .program()
      .db.transaction()
      .execute(async (trx) => {
        // a reader of the last table that is set aside: the others are by then
        await sql`select from journal.publication limit 1`.execute(trx);
        const script = join(projectRoot(), 'test/support/succeed-child.ts');
        const child = spawn(process.execPath, [script, JSON.stringify(given)], {
          stdio: ['ignore', 'ignore', 'inherit'],
        });
        const gone = once(child, 'exit');
        await until(async () => {
          const { rows } = await sql`
          select from pg_locks where not granted and relation = 'journal.publication'::regclass`.execute(bed.superuser);
          return rows.length > 0 || child.exitCode !== null;
        });
        expect(child.exitCode).toBeNull();
        child.kill('SIGKILL');
        await gone;
      });
    await until(async () => {
      const { rows } = await sql`
        select from pg_stat_activity where usename = 'entremise_owner' and state is distinct from 'idle'`.execute(
        bed.superuser,
      );
      return rows.length === 0;
    });
    expect(await state()).toEqual(was);
  });

  test('row 20: it succeeds: what witnesses cosigned and is left stays in place, then the entry that tells it, then the rest', async () => {
    const { bed } = service;
    const plan = await succeeding();
    expect(plan.said).toContain(`${ORIGIN}/actes/2 continuerait avec ses ${first} premières entrées`);
    const { rows: written } = await sql<{ ids: string[] }>`
      select array_agg(id order by xid, id) as ids from journal.entry where log_id = 1`.execute(bed.superuser);
    const done = await succeeding('--confirm', `${ORIGIN}/actes`);
    expect([done.status, done.said]).toEqual([0, expect.stringContaining('JOURNAL_SHARDS')]);
    const after = await sealedOf(bed.superuser, 'actes');
    expect(after.slice(0, Number(first))).toEqual(before.slice(0, Number(first)));
    const teller = JSON.parse(after[Number(first)]?.leaf.toString() ?? '{}');
    const [, , root = ''] = kept.last.split('\n');
    expect(teller).toMatchObject({
      ...{ type: 'journal.succeeded', log: 'actes', r: 'ok' },
      clear: {
        ...{ closed: `${ORIGIN}/actes`, size: Number(last), seen: Number(last) },
        ...{ root: Buffer.from(root, 'base64').toString('base64url'), origin: `${ORIGIN}/actes/2` },
        ...{ kept: Number(first), reason: 'tree-lost' },
      },
    });
    const again = after.slice(Number(first) + 1).map(({ id }) => id);
    const leftInOldTree = before.slice(Number(first), Number(first) + 57).map(({ id }) => id);
    expect(again.slice(0, 57)).toEqual(leftInOldTree);
    expect(new Set([...after.map(({ id }) => id)])).toEqual(new Set([...(written[0]?.ids ?? []), teller.id]));
    await expectSound(bed.superuser, 'actes');
    await expectSound(bed.superuser, 'acces');
  });
});
