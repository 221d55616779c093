import { parseCookie, stringifySetCookie } from 'cookie';
import type { Request, Response } from 'express';
import { hmac, randomToken, sha256 } from '../crypto/hashes.ts';
import type { Keyring } from '../crypto/keys.ts';

export type Door = 'public' | 'aidant';

/** One browser at one door: an unguessable id in a cookie of that door. Sessions are rows keyed by its hash. */
export type Browser = {
  door: Door;
  idHash: Buffer;
  csrfToken: string;
  /** Gives the browser a new id (at login and step-up, against session fixation) and returns its hash. */
  renew(): Buffer;
};

function cookieName(door: Door, secure: boolean): string {
  return secure ? `__Host-entremise-${door}` : `entremise-${door}`;
}

/** Reads the door's cookie, or gives the browser one if `introduce` says so. The cookie is strictly necessary and ends with the browser. */
export function browserAt(
  door: Door,
  request: Request,
  response: Response,
  { keys, secure, introduce }: { keys: Keyring; secure: boolean; introduce: boolean },
): Browser {
  const name = cookieName(door, secure);
  const send = (id: string) =>
    response.append(
      'set-cookie',
      stringifySetCookie({ name, value: id, path: '/', httpOnly: true, sameSite: 'lax', secure }),
    );
  const given = parseCookie(request.headers.cookie ?? '')[name];
  const id = given && /^[\w-]{43}$/.test(given) ? given : randomToken();
  if (id !== given && introduce) send(id);
  const browser = (value: string): Browser => ({
    door,
    idHash: sha256(value),
    csrfToken: hmac(keys.session[0].secret, 'csrf', door, value).toString('base64url'),
    renew() {
      const fresh = randomToken();
      send(fresh);
      Object.assign(this, browser(fresh), { renew: this.renew });
      return this.idHash;
    },
  });
  return browser(id);
}
