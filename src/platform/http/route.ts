import type { AppContext } from '../context.ts';
import type { Browser } from './browser.ts';
import type { Form } from './form.ts';
import type { Frame, PersonFrame } from './frame.ts';
import type { RateLimit } from './rate-limit.ts';
import type { Reply } from './reply.ts';

/** What a guard and a page know of a request. */
export type HttpRequest = {
  ctx: AppContext;
  id: string;
  nonce: string;
  path: string;
  /** The path with its query string, to come back to. */
  url: string;
  params: Readonly<Record<string, string>>;
  query: Readonly<Record<string, string>>;
  form: Form;
  /** What was typed before an interruption: shown again in the form, nothing is done with it until it is posted. */
  filled: Form | null;
  verb: 'get' | 'post';
  browser: Browser;
  ip: string;
  now: Date;
};

export type Access<Who> =
  | { pass: true; who: Who; person: PersonFrame | null; notice: string | null }
  | { pass: false; reply: Reply };

/** Who may come in. Pure but for reading; the answer is made anew at each request. */
export type Guard<Who> = { name: string; check(request: HttpRequest): Promise<Access<Who>> };

export type PageRequest<Who> = HttpRequest & { who: Who; frame: Frame };
export type Page<Who> = (request: PageRequest<Who>) => Promise<Reply>;

export type RouteOptions = {
  limits?: readonly RateLimit[];
  /** Gives the browser no cookie: programs read this. Where it is the same for everybody, whoever stands between may keep it. */
  cookieless?: boolean;
};

export type Route = {
  verb: 'get' | 'post';
  path: string;
  guardName: string;
  limits: readonly RateLimit[];
  cookieless: boolean;
  run(request: HttpRequest, frameOf: FrameOf): Promise<Reply>;
};

export type FrameOf = (
  request: HttpRequest,
  person: PersonFrame | null,
  notice: string | null,
) => Frame | Promise<Frame>;

/** One line of a route table. There is no way to write a route without a guard: who may do it is always said. */
export function route<Who>(
  verb: Route['verb'],
  path: string,
  guard: Guard<Who>,
  page: Page<Who>,
  { limits = [], cookieless = false }: RouteOptions = {},
): Route {
  return {
    verb,
    path,
    guardName: guard.name,
    limits,
    cookieless,
    async run(request, frameOf) {
      const access = await guard.check(request);
      if (!access.pass) return access.reply;
      const frame = await frameOf(request, access.person, access.notice);
      return page({ ...request, who: access.who, frame });
    },
  };
}

/** For pages that anyone may read. */
export const anyone: Guard<null> = {
  name: 'anyone',
  check: async () => ({ pass: true, who: null, person: null, notice: null }),
};
