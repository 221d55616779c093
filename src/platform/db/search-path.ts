/**
 * The same address, for sessions that look into the schema public alone. Said as they begin, it passes over what a role may have
 * set for itself (`alter role … set search_path`): with a role's password, functions of a stranger's would answer in place of
 * PostgreSQL's own.
 */
export function withSearchPath(url: string): string {
  const address = new URL(url);
  const given = address.searchParams.get('options');
  address.searchParams.set('options', [given, '-c search_path=public'].filter(Boolean).join(' '));
  return address.href;
}
