import { parseCookie, stringifySetCookie } from 'cookie';
import type { Request, Response } from 'express';
import { hmac, randomToken, sha256 } from '../crypto/hashes.ts';
import type { Keyring } from '../crypto/keys.ts';

export type Door = 'public' | 'aidant' | 'auditeur';

/** One browser at one door: an unguessable id in a cookie of that door. Sessions are rows keyed by its hash. */
export type Browser = {
  door: Door;
  idHash: Buffer;
  csrfToken: string;
  /** Names the browser itself, whoever is logged in, by a cookie of its own; null when it has none (any more). */
  lastingHash: Buffer | null;
  /** Makes the browser known under its lasting name for an hour from now, through logins and logouts; returns its hash. */
  remember(): Buffer;
  /**
   * Draws a new id (for login, step-up and logout, against session fixation), and does nothing else: its hash is written in
   * a transaction, and `adopt` gives the id to the browser once that is committed. A transaction done twice, or not at all,
   * never leaves a browser with an id that no session has.
   */
  fresh(): FreshId;
};

export type FreshId = { idHash: Buffer; adopt(): void };

function cookieName(name: Door | 'poste', secure: boolean): string {
  return secure ? `__Host-entremise-${name}` : `entremise-${name}`;
}

/** Seconds. Longer than a session of FranceConnect and the time to open one. */
const LASTING = 3600;

const isId = (given: string | undefined): given is string => given !== undefined && /^[\w-]{43}$/.test(given);

/**
 * Reads the door's cookie, or gives the browser one if `introduce` says so. It is strictly necessary and ends with the browser.
 * So is the lasting one, which only `remember` gives: it says which browser another site may have a session of somebody in.
 */
export function browserAt(
  door: Door,
  request: Request,
  response: Response,
  { keys, secure, introduce }: { keys: Keyring; secure: boolean; introduce: boolean },
): Browser {
  const name = cookieName(door, secure);
  const give = (cookie: { name: string; value: string; maxAge?: number }) =>
    response.append(
      'set-cookie',
      stringifySetCookie({ ...cookie, path: '/', httpOnly: true, sameSite: 'lax', secure }),
    );
  const send = (value: string) => give({ name, value });
  const cookies = parseCookie(request.headers.cookie ?? '');
  const given = cookies[name];
  const id = isId(given) ? given : randomToken();
  const lastingName = cookieName('poste', secure);
  const lasting = cookies[lastingName];
  if (id !== given && introduce) send(id);
  const namesOf = (value: string) => ({
    idHash: sha256(value),
    csrfToken: hmac(keys.session[0].secret, 'csrf', door, value).toString('base64url'),
  });
  const browser: Browser = {
    door,
    ...namesOf(id),
    lastingHash: isId(lasting) ? sha256(lasting) : null,
    remember() {
      const kept = isId(lasting) ? lasting : randomToken();
      give({ name: lastingName, value: kept, maxAge: LASTING });
      return sha256(kept);
    },
    fresh() {
      const value = randomToken();
      const adopt = () => {
        send(value);
        Object.assign(browser, namesOf(value));
      };
      return { idHash: sha256(value), adopt };
    },
  };
  return browser;
}
