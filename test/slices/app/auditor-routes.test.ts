import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { wire } from '#app/wiring.ts';
import { journalOf } from '#support/journal.ts';
import {
  AUDITOR_VISITORS,
  type AuditorDoors,
  type AuditorObjects,
  type AuditorVisitor,
  auditorAddress,
  auditorOutcome,
  FORMS,
  openAuditorDoors,
} from './auditor-doors.ts';
import { AUDITOR_ROUTE_TABLE } from './auditor-route-table.ts';

type Row = { verb: string; path: string; guard: string; outcomes: string[] };

const rows: Row[] = AUDITOR_ROUTE_TABLE.trim()
  .split('\n')
  .slice(1)
  .map((line) => {
    const [verb = '', path = '', guard = '', ...outcomes] = line.split(/\s+/);
    return { verb, path, guard, outcomes };
  });
const lineOf = ({ verb, path, guard, outcomes }: Row) => [verb, path, guard, ...outcomes].join(' ');

let world: AuditorDoors;
let objects: AuditorObjects;

beforeAll(async () => {
  world = await openAuditorDoors();
  objects = await world.objects();
});
afterAll(() => world?.close());

async function outcome({ verb, path }: Row, visitor: AuditorVisitor, named = objects, headers = {}): Promise<string> {
  const agent = await world.browserOf(visitor);
  const address = auditorAddress(path, named);
  const mandate = path.endsWith('/demande') ? { mandat: named.mandate } : {};
  const answer =
    verb === 'get' ? await agent.get(address) : await agent.post(address, { ...mandate, ...FORMS[path] }, headers);
  if (answer.headers.get('cache-control') !== 'no-store') kept.push(`${verb} ${path} ${visitor}`);
  return auditorOutcome(answer);
}

/** Answers that a browser or a proxy may keep. */
const kept: string[] = [];

/** What a refused request must not change: what was asked, answered, gathered, and what `actes` says. */
async function state() {
  const { db } = world.ctx;
  return {
    unmaskings: await db.selectFrom('unmasking').selectAll().orderBy('id').execute(),
    complaints: await db.selectFrom('complaint').selectAll().orderBy('id').execute(),
    cases: await db.selectFrom('auditCase').selectAll().orderBy('id').execute(),
    actes: (await journalOf(world.database.readerUrl, { log: 'actes' })).length,
  };
}

const stopped = new Set(['login', 'resume', 'unknown', 'refused']);

describe('auditors’ routes × visitors', () => {
  test('the table has every route of the auditors’ door, with its guard', () => {
    const wired = wire(world.ctx)
      .routes.filter(({ door }) => door === 'auditeur')
      .flatMap(({ table }) => table);
    expect(wired.map(({ verb, path, guardName }) => `${verb} ${path} ${guardName}`)).toEqual(
      rows.map(({ verb, path, guard }) => `${verb} ${path} ${guard}`),
    );
  });

  test('no page of theirs is behind another guard, and none of theirs is behind an aidant’s', () => {
    const misplaced = wire(world.ctx).routes.flatMap(({ door, table }) =>
      table
        .filter(({ guardName }) => (door === 'auditeur') !== guardName.startsWith('auditor'))
        .map(({ path }) => path),
    );
    expect(misplaced.filter((path) => path.startsWith('/auditeur'))).toEqual([]);
    expect(rows.filter(({ guard }) => !guard.startsWith('auditor'))).toEqual([]);
  });

  test('reading: everybody gets what the table says, and nothing changes', async () => {
    const before = await state();
    const found: Row[] = [];
    for (const row of rows.filter(({ verb }) => verb === 'get')) {
      const outcomes: string[] = [];
      for (const visitor of AUDITOR_VISITORS) outcomes.push(await outcome(row, visitor));
      found.push({ ...row, outcomes });
    }
    expect(found.map(lineOf)).toEqual(rows.filter(({ verb }) => verb === 'get').map(lineOf));
    expect(await state()).toEqual(before);
    expect(kept).toEqual([]);
  });

  test('acting: whoever is stopped is stopped as the table says, and nothing changes', async () => {
    const before = await state();
    const found: string[] = [];
    const expected: string[] = [];
    for (const row of rows.filter(({ verb }) => verb === 'post')) {
      for (const [index, visitor] of AUDITOR_VISITORS.entries()) {
        if (!stopped.has(row.outcomes[index] ?? '')) continue;
        expected.push(`${row.path} ${visitor}: ${row.outcomes[index]}`);
        found.push(`${row.path} ${visitor}: ${await outcome(row, visitor)}`);
      }
    }
    expect(found).toEqual(expected);
    expect(await state()).toEqual(before);
  });

  test('acting: a form of another site is obeyed nowhere, and every form has a page to come back to', async () => {
    const before = await state();
    const wrong: string[] = [];
    for (const row of rows.filter(({ verb }) => verb === 'post')) {
      for (const origin of ['https://evil.example', 'null']) {
        const said = await outcome(row, 'owner', objects, { origin });
        if (said !== 'refused' && said !== 'onwards') wrong.push(`${row.path}: ${said}`);
      }
      if (!rows.some(({ verb, path }) => verb === 'get' && path === row.path)) wrong.push(`${row.path} has no page`);
    }
    expect(wrong).toEqual([]);
    expect(await state()).toEqual(before);
  });

  test('acting: whoever may is obeyed as the table says', async () => {
    const found: string[] = [];
    const expected: string[] = [];
    for (const row of rows.filter(({ verb }) => verb === 'post')) {
      for (const [index, visitor] of AUDITOR_VISITORS.entries()) {
        if (stopped.has(row.outcomes[index] ?? '')) continue;
        const named = row.path.includes('/identites/') || row.path.includes(':id') ? await world.objects() : objects;
        expected.push(`${row.path} ${visitor}: ${row.outcomes[index]}`);
        found.push(`${row.path} ${visitor}: ${await outcome(row, visitor, named)}`);
      }
    }
    expect(found).toEqual(expected);
  });
});
