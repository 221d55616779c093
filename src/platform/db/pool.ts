import pg from 'pg';
import { withSearchPath } from './search-path.ts';

/** For the queue: six connections at most. Whoever opens it ends it. `lost`: told of each connection that ended by itself. */
export function openPool(connectionString: string, lost: (error: Error) => void): pg.Pool {
  // ours, because the queue forgets its own pool with connections still open: the end of one would end the program
  const pool = new pg.Pool({ connectionString: withSearchPath(connectionString), max: 6 });
  pool.on('error', lost);
  pool.on('connect', (client) => client.on('error', lost));
  return pool;
}
