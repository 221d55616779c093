import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '#support/database.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database?.drop());

async function as<Result>(url: string, work: (client: pg.Client) => Promise<Result>): Promise<Result> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

const roles = () => ({
  app: database.appUrl,
  worker: database.workerUrl,
  reader: database.readerUrl,
  owner: database.ownerUrl,
});

test.each(['app', 'worker', 'reader', 'owner'] as const)('%s looks only into public', async (role) => {
  const { rows } = await as(roles()[role], (client) => client.query('show search_path'));
  expect(rows).toEqual([{ search_path: 'public' }]);
});

// a schema of the owner's or of the app's name would answer in place of our tables, with their rights
test.each(['app', 'worker', 'reader'] as const)('%s makes no schema and nothing in public', async (role) => {
  await as(roles()[role], async (client) => {
    await expect(client.query('create schema entremise_owner')).rejects.toThrow(/permission denied for database/);
    await expect(client.query('create table public.session_too (id int)')).rejects.toThrow(/permission denied/);
    await expect(client.query('set role entremise_owner')).rejects.toThrow(/permission denied/);
  });
});

test('only the app puts jobs in the queue, and only known ones', async () => {
  const job = `select enqueue_job('send-login-mail', '{"loginId":"00000000-0000-7000-8000-000000000000"}')`;
  await as(database.readerUrl, (client) => expect(client.query(job)).rejects.toThrow(/permission denied/));
  await as(database.appUrl, async (client) => {
    await client.query(job);
    await expect(client.query(`select enqueue_job('drop-everything', '{}')`)).rejects.toThrow(/unknown task/);
  });
  const { rows } = await as(database.superuserUrl, (client) =>
    client.query('select task_identifier from graphile_worker.jobs'),
  );
  expect(rows).toEqual([{ task_identifier: 'send-login-mail' }]);
});
