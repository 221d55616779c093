/**
 * What the name of a log says: `<service>/<log>`, or `<service>/<log>/<n>` for one that succeeded another. Undefined for a name
 * that is none of ours.
 */
export function readOrigin(origin: string): { service: string; log: 'actes' | 'acces' } | undefined {
  const [, service, log] = /^(.+)\/(actes|acces)(?:\/[1-9][0-9]{0,3})?$/.exec(origin) ?? [];
  return service !== undefined && (log === 'actes' || log === 'acces') ? { service, log } : undefined;
}
