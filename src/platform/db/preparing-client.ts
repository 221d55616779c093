import pg from 'pg';

/** Texts of one program, each under one name on every connection. Beyond this many, a statement is simply not prepared. */
const AT_MOST = 500;
const names = new Map<string, string>();

function nameOf(text: string): string | undefined {
  const known = names.get(text);
  if (known || names.size >= AT_MOST) return known;
  const name = `s${names.size}`;
  names.set(text, name);
  return name;
}

/** pg keeps there what it has prepared on a connection. */
function forgetPrepared(client: pg.Client): void {
  const { connection } = client as unknown as { connection: { parsedStatements: Record<string, string> } };
  connection.parsedStatements = {};
}

/**
 * A connection that prepares each statement that has parameters, once: parsing and planning a join of eight tables costs
 * PostgreSQL ten times what running it does. PostgreSQL itself goes on choosing a plan for the values at hand whenever that
 * is cheaper (`plan_cache_mode`). Statements without parameters (BEGIN, COMMIT) stay as they are; after `deallocate all`, each
 * is prepared again.
 */
export class PreparingClient extends pg.Client {
  // biome-ignore lint/suspicious/noExplicitAny: pg gives this method a dozen forms; all but one pass through
  override query(...parameters: any[]): any {
    const [text, values, ...rest] = parameters;
    const name = typeof text === 'string' && Array.isArray(values) && values.length > 0 ? nameOf(text) : undefined;
    if (text === 'deallocate all') forgetPrepared(this);
    const query = super.query as (...all: unknown[]) => unknown;
    return name === undefined ? query.apply(this, parameters) : query.call(this, { name, text, values }, ...rest);
  }
}
