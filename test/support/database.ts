import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { inject } from 'vitest';
import { type Db, openDatabase } from '#platform/db/database.ts';

/** A database of this test file alone, with the newest schema and no rows. */
export type TestDatabase = {
  readonly name: string;
  readonly superuserUrl: string;
  readonly ownerUrl: string;
  readonly appUrl: string;
  readonly workerUrl: string;
  readonly readerUrl: string;
  /** Ends the connections that are left and removes the database. Can be called many times. */
  drop(): Promise<void>;
};

const OBJECT_IN_USE = '55006';

/** Clones the template of the run (some tens of milliseconds). Call it in `beforeAll`, and `drop` in `afterAll`. */
export async function createTestDatabase(): Promise<TestDatabase> {
  const { port, superuserPassword, rolePasswords, template } = inject('testCluster');
  const name = `t_${randomBytes(8).toString('hex')}`;
  const url = (user: string, password: string, database = name) =>
    `postgres://${user}:${password}@127.0.0.1:${port}/${database}`;
  const superuser = (database?: string) => url('postgres', superuserPassword, database);
  await asSuperuser(superuser('postgres'), async (client) => {
    await client.query(`create database ${name} template ${template} strategy file_copy`);
    await copyRights(client, template, name);
  });
  return {
    name,
    superuserUrl: superuser(),
    ownerUrl: url('entremise_owner', rolePasswords.owner),
    appUrl: url('entremise_app', rolePasswords.app),
    workerUrl: url('entremise_worker', rolePasswords.worker),
    readerUrl: url('entremise_reader', rolePasswords.reader),
    drop: () => asSuperuser(superuser('postgres'), (client) => dropDatabase(client, name)),
  };
}

/** Sessions that are told to end have five seconds: on a machine that is busy some take longer. */
async function dropDatabase(client: pg.Client, name: string): Promise<void> {
  for (let more = 5; ; more -= 1) {
    try {
      await client.query(`drop database if exists ${name} with (force)`);
      return;
    } catch (error) {
      if ((error as { code?: string }).code !== OBJECT_IN_USE || more === 0) throw error;
    }
  }
}

async function asSuperuser(url: string, action: (client: pg.Client) => Promise<void>): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  client.on('error', () => undefined);
  await client.connect();
  try {
    await action(client);
  } finally {
    await client.end();
  }
}

// A clone has everything that is inside its template, but not the rights on the database itself: they are given again.
async function copyRights(client: pg.Client, from: string, to: string): Promise<void> {
  const { rows } = await client.query<{ command: string }>(
    `select 'grant ' || privilege_type || ' on database ' || quote_ident($2) || ' to '
       || case grantee when 0 then 'public' else quote_ident(pg_get_userbyid(grantee)) end as command
     from pg_database, aclexplode(datacl) where datname = $1`,
    [from, to],
  );
  const commands =
    rows.length > 0 ? [`revoke all on database ${to} from public`, ...rows.map((row) => row.command)] : [];
  if (commands.length > 0) await client.query(commands.join('; '));
}

/** Changes what no role of the service may, as whoever has all the rights can. */
export async function tamper(
  { database }: { database: TestDatabase },
  change: (db: Db) => Promise<unknown>,
): Promise<void> {
  const db = openDatabase(database.superuserUrl, { max: 1, onError: () => undefined });
  try {
    await change(db);
  } finally {
    await db.destroy();
  }
}
