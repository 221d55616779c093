import type { Reply } from '#platform/http/reply.ts';

/** A file to keep, not a page. `name` without its extension: letters, digits and dashes. */
export function zipReply(name: string, body: Buffer): Reply {
  const headers = { 'content-disposition': `attachment; filename="${name}.zip"` };
  return { kind: 'bytes', type: 'application/zip', body, status: 200, headers };
}
