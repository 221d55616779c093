import pg from 'pg';
import { withSearchPath } from './search-path.ts';

// given to it, because the queue forgets a pool of its own with connections still open: the end of one would end the program
const FOR_THE_QUEUE: pg.PoolConfig = { max: 6 };

/** Connections as one role. Whoever opens it ends it. `lost`: told of each connection that ended by itself. */
export function openPool(connectionString: string, lost: (error: Error) => void, options = FOR_THE_QUEUE): pg.Pool {
  const pool = new pg.Pool({ ...options, connectionString: withSearchPath(connectionString) });
  pool.on('error', lost);
  // one in use has no other listener: without this one, a database that restarts would end the whole program
  pool.on('connect', (client) => client.on('error', lost));
  return pool;
}
