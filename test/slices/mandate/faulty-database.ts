import { CamelCasePlugin, Kysely, PostgresDialect } from 'kysely';
import pg from 'pg';
import type { DB, Db } from '#platform/db/database.ts';

export type Fault = 'throws' | 'killed';

/**
 * A pool whose `failAfter`-th statement is executed, then goes wrong: the program throws, or its connection is cut from the
 * server's side, as when the process is killed. Statements are counted over all connections, `begin` and `commit` included.
 */
export function faultyDatabase(
  url: string,
  superuserUrl: string,
  { failAfter, fault }: { failAfter: number; fault: Fault },
) {
  const pool = new pg.Pool({ connectionString: url, max: 4, types: { getTypeParser } });
  pool.on('error', () => undefined);
  const seen: string[] = [];
  const after = async (client: pg.PoolClient, sql: string) => {
    seen.push(sql);
    if (seen.length !== failAfter) return;
    if (fault === 'killed') await cut(superuserUrl, client);
    throw new Error(`the program stops after: ${sql.slice(0, 60)}`);
  };
  const connect = async () => {
    const client = await pool.connect();
    client.on('error', () => undefined);
    return new Proxy(client, {
      get(target, name) {
        if (name !== 'query') return Reflect.get(target, name, target);
        return async (sql: string, values: unknown[]) => {
          const result = await target.query(sql, values);
          await after(target, sql);
          return result;
        };
      },
    });
  };
  const faulty = { connect, end: () => pool.end() } as never;
  const db: Db = new Kysely<DB>({ dialect: new PostgresDialect({ pool: faulty }), plugins: [new CamelCasePlugin()] });
  return { db, seen };
}

async function cut(superuserUrl: string, client: pg.PoolClient): Promise<void> {
  const { rows } = await client.query('select pg_backend_pid() as pid');
  const superuser = new pg.Client({ connectionString: superuserUrl });
  await superuser.connect();
  await superuser.query('select pg_terminate_backend($1)', [rows[0].pid]);
  await superuser.end();
}

const getTypeParser = ((oid: number, format?: 'text' | 'binary') =>
  oid === pg.types.builtins.INT8 ? Number : pg.types.getTypeParser(oid, format)) as typeof pg.types.getTypeParser;
