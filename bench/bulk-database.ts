import pg from 'pg';
import { bootstrap } from '#platform/db/bootstrap.ts';
import { migrate } from '#platform/db/migrate.ts';
import { withSearchPath } from '#platform/db/search-path.ts';
import type { BenchUrls } from './journal-context.ts';

/** One more database of the same cluster, with the same roles and the newest schema, in which nothing was written. */
export async function freshDatabase(urls: BenchUrls, name: string): Promise<BenchUrls> {
  const client = new pg.Client({ connectionString: withSearchPath(urls.superuser) });
  await client.connect();
  await client.query(`create database ${client.escapeIdentifier(name)}`);
  await client.end();
  const there = (role: keyof BenchUrls) => Object.assign(new URL(urls[role]), { pathname: `/${name}` }).href;
  const password = (role: keyof BenchUrls) => decodeURIComponent(new URL(urls[role]).password);
  const [superuser, owner, app, worker, reader] = [
    there('superuser'),
    there('owner'),
    there('app'),
    there('worker'),
    there('reader'),
  ];
  const passwords = {
    ...{ owner: password('owner'), app: password('app') },
    ...{ worker: password('worker'), reader: password('reader') },
  };
  await bootstrap({ superuserUrl: superuser, passwords });
  await migrate({ ownerUrl: owner, workerUrl: worker });
  return { superuser, owner, app, worker, reader };
}
