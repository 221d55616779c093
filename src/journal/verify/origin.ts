/** What the name of a log says: whose it is, which log, and its number among those that succeeded each other: 1 for the first. */
export type Origin = { service: string; log: 'actes' | 'acces'; shard: number };

/** A host, a port, a path, in lower case: a line of each checkpoint and the name of the keys that sign it (C2SP signed-note). */
const FORM = /^([a-z0-9.-]+(?::\d+)?(?:\/[a-z0-9._-]+)*)\/(actes|acces)(?:\/([2-9]|[1-9][0-9]{1,3}))?$/;

/** `<service>/<log>`, or `<service>/<log>/<n>` for one that succeeded another. */
export function formatOrigin({ service, log, shard }: Origin): string {
  return `${service}/${log}${shard > 1 ? `/${shard}` : ''}`;
}

/** Reads what `formatOrigin` writes; undefined for a name that is none of ours. */
export function parseOrigin(origin: string): Origin | undefined {
  const [, service, log, shard = '1'] = FORM.exec(origin) ?? [];
  if (service === undefined || (log !== 'actes' && log !== 'acces')) return undefined;
  return { service, log, shard: Number(shard) };
}
