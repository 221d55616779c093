import { HttpError } from '#platform/http/errors.ts';
import type { Reply } from '#platform/http/reply.ts';
import type { Guard, Page } from '#platform/http/route.ts';

export const TEXT = 'text/plain; charset=utf-8';

/** One line, as `NOTHING_YET`: what reads the logs are programs, and a page of the site says nothing to them. */
export const NOT_THERE = 'not found: not published, or no address of these logs\n';

/** What is not there is told by `missing` rather than by the site’s page. */
export function plainly<Who>(page: Page<Who>, missing: () => Reply): Page<Who> {
  return async (request) => {
    try {
      return await page(request);
    } catch (error) {
      if (error instanceof HttpError && error.status === 404) return missing();
      throw error;
    }
  };
}

/**
 * The same guard for what programs read: whoever is not let in gets 401 and is told who may read and where people log in, not
 * a redirect to a form that no program fills. RFC 9110 §15.5.2 asks for a challenge; a session in a cookie has no registered
 * scheme, and browsers show the text whatever an unknown one says.
 */
export function toldPlainly<Who>({ name, check }: Guard<Who>, login: string): Guard<Who> {
  return {
    name,
    async check(request) {
      const access = await check(request);
      return access.pass
        ? access
        : { pass: false, reply: whoMayRead(`${request.ctx.config.publicUrl}${login}`, login) };
    },
  };
}

function whoMayRead(address: string, login: string): Reply {
  const body =
    'Ces entrées sont pour les auditeurs de tout le pays, une fois connectés.\n' +
    `Connectez-vous à ${address} puis revenez à cette adresse.\n` +
    'These entries are for auditors of the whole country who are logged in.\n';
  const headers = { 'www-authenticate': `Cookie realm="auditeurs", form-action="${login}"` };
  return { kind: 'bytes', type: TEXT, body, status: 401, headers };
}
