import { randomBytes, randomUUID } from 'node:crypto';
import { parseCookie } from 'cookie';
import type { CookieOptions, Request, Response } from 'express';
import type { Identity } from './options.ts';

/** Who identified, through whom. Kept by id; the browser never holds it. */
export interface Account {
  readonly id: string;
  readonly idpUid: string;
  readonly idpTitle: string;
  /** What the identity provider sent, before RNIPP. */
  readonly identity: Identity;
  readonly acr: string;
  readonly repScope: readonly string[];
  /** Absent for the built-in demonstration account, which has no session of its own to close. */
  readonly idpIdToken?: string;
  readonly identifiedAt: Date;
}

/** FranceConnect's session in one browser: it carries one interaction at a time. */
export interface BrowserSession {
  readonly id: string;
  readonly csrf: string;
  account?: Account;
  /** The request under way at an identity provider. */
  idpRequest?: {
    readonly idpUid: string;
    readonly state: string;
    readonly nonce: string;
    readonly interactionUid: string;
  };
  /** The interaction whose identity was verified, so that only this one can be consented to. */
  verifiedInteraction?: string;
  /** Shown once on the page that chooses the identity provider. */
  banner?: string;
  /** Services of which this person was already told during the session. */
  readonly alerted: Set<string>;
  /** The provider's logout form, while the identity provider closes its own session. */
  logout?: { readonly form: string; readonly state: string };
}

export interface BrowserSessions {
  of(request: Request): BrowserSession | undefined;
  open(request: Request, response: Response): BrowserSession;
  /** Records who identified, under a new session id (the id from before the login is worth nothing any more). */
  identify(session: BrowserSession, response: Response, account: Omit<Account, 'id' | 'identifiedAt'>): void;
  /** The account of a session that is not older than {@link sessionMinutes}. */
  liveAccount(session: BrowserSession | undefined): Account | undefined;
  account(id: string): Account | undefined;
  destroy(session: BrowserSession, response?: Response): void;
}

export const sessionMinutes = 30;
export const browserCookie = 'fcsim_browser';
const cookieOptions: CookieOptions = { httpOnly: true, sameSite: 'lax', path: '/' };

export function browserSessions(now: () => Date): BrowserSessions {
  const sessions = new Map<string, BrowserSession>();
  const accounts = new Map<string, Account>();
  const isLive = (account: Account, minutes = sessionMinutes) =>
    now().getTime() - account.identifiedAt.getTime() < minutes * 60_000;

  const store = (session: BrowserSession, response: Response): BrowserSession => {
    sessions.set(session.id, session);
    response.cookie(browserCookie, session.id, cookieOptions);
    return session;
  };
  const fresh = () => ({ id: randomBytes(32).toString('hex'), csrf: randomBytes(16).toString('hex') });
  const forgetOld = () => {
    // Tokens outlive the session by a minute and a half at most.
    for (const [id, account] of accounts) if (!isLive(account, sessionMinutes + 5)) accounts.delete(id);
  };
  const of = (request: Request) => sessions.get(parseCookie(request.headers.cookie ?? '')[browserCookie] ?? '');

  return {
    of,
    open: (request, response) => of(request) ?? store({ ...fresh(), alerted: new Set() }, response),
    identify(session, response, identified) {
      forgetOld();
      const account: Account = { ...identified, id: randomUUID(), identifiedAt: now() };
      accounts.set(account.id, account);
      sessions.delete(session.id);
      const { verifiedInteraction: _verified, banner: _banner, ...kept } = session;
      store({ ...kept, ...fresh(), account, alerted: new Set() }, response);
    },
    liveAccount: (session) => (session?.account && isLive(session.account) ? session.account : undefined),
    account: (id) => accounts.get(id),
    destroy(session, response) {
      sessions.delete(session.id);
      response?.clearCookie(browserCookie, cookieOptions);
    },
  };
}
