import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { benchAppend } from '../../../bench/append.ts';
import { createFixture, type Fixture } from './fixture.ts';

let fixture: Fixture;
beforeAll(async () => {
  fixture = await createFixture();
});
afterAll(() => fixture.close());

test('the append bench measures, prints its ratio, and leaves no table behind', async () => {
  const lines: string[] = [];
  const { appUrl, superuserUrl } = fixture.database;
  await benchAppend({
    appUrl,
    superuserUrl,
    keys: fixture.keys,
    print: (line) => lines.push(line),
    seconds: 0.02,
    rounds: 2,
  });
  expect(lines.filter((line) => /acts\/s/.test(line))).toHaveLength(2);
  expect(lines.at(-1)).toMatch(/^ratio append-16 \d+\.\d\d 0\.6$/);
  const { rows } = await sql`select 1 from pg_namespace where nspname = 'bench'`.execute(fixture.app);
  expect(rows).toEqual([]);
});
