import { afterAll, beforeAll, expect, test } from 'vitest';
import { openDatabase } from '#platform/db/database.ts';
import { createTestDatabase, type TestDatabase } from '#support/database.ts';
import { generateTables } from '#support/generate-tables.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database?.drop());

/** `UPDATE_TABLES=1 npx vitest run --project slices test/slices/platform/tables.test.ts` writes the file after a change of schema. */
test('src/platform/db/tables.ts says what the migrations make', async () => {
  generateTables(database.superuserUrl, { verify: process.env.UPDATE_TABLES !== '1' });
  const owner = openDatabase(database.ownerUrl, { max: 1, onError: () => undefined });
  await owner.schema.alterTable('organisation').addColumn('forgotten', 'text').execute();
  await owner.destroy();
  expect(() => generateTables(database.superuserUrl, { verify: true })).toThrow();
});
