import { hmac } from '#platform/crypto/hashes.ts';
import type { Keyring } from '#platform/crypto/keys.ts';

export type Answer = { status: number; headers: Headers; location: string | null; text: string };
export type FormFields = Record<string, string | readonly string[]>;

/** A browser without a screen: keeps cookies, sends our Origin and the token of its door with each form. */
export type Agent = {
  cookies: Map<string, string>;
  get(path: string): Promise<Answer>;
  /** Posts a form; `overrides` replaces or removes (null) a header, to play a forger. */
  post(path: string, fields?: FormFields, overrides?: Record<string, string | null>): Promise<Answer>;
  /** The token of the forms of the door that has this page; the aidants' unless told otherwise. */
  csrfToken(path?: string): string;
};

const cookieFor = (path: string) => (/^\/auditeur(?:\/|$)/.test(path) ? 'entremise-auditeur' : 'entremise-aidant');

/** A browser that has no cookie yet; `keys` are those of the site, to make the token of its forms. */
export function newAgent({ url, keys }: { url: string; keys: Keyring }): Agent {
  const cookies = new Map<string, string>();
  const headers = () => ({ cookie: [...cookies].map(([name, value]) => `${name}=${value}`).join('; ') });
  const keep = async (response: Response): Promise<Answer> => {
    for (const line of response.headers.getSetCookie()) {
      const [pair = ''] = line.split(';');
      const [name = '', value = ''] = pair.split('=');
      if (/max-age=0|expires=thu, 01 jan 1970/i.test(line)) cookies.delete(name);
      else cookies.set(name, decodeURIComponent(value));
    }
    return {
      status: response.status,
      headers: response.headers,
      location: response.headers.get('location'),
      text: await response.text(),
    };
  };
  const csrfToken = (path = '/') => {
    const chosen = cookieFor(path);
    const [name, value = ''] = [...cookies].find(([name]) => name === chosen) ?? [...cookies][0] ?? ['', ''];
    const door = name.replace('entremise-', '');
    return hmac(keys.session[0].secret, 'csrf', door, value).toString('base64url');
  };
  return {
    cookies,
    csrfToken,
    get: async (path) => keep(await fetch(new URL(path, url), { headers: headers(), redirect: 'manual' })),
    async post(path, fields = {}, overrides = {}) {
      const body = new URLSearchParams();
      for (const [name, value] of Object.entries({ _csrf: csrfToken(path), ...fields })) {
        for (const one of [value].flat()) body.append(name, one);
      }
      const given = Object.entries({ ...headers(), origin: url, ...overrides }).filter(([, value]) => value !== null);
      const sent = Object.fromEntries(given) as Record<string, string>;
      return keep(await fetch(new URL(path, url), { method: 'POST', body, headers: sent, redirect: 'manual' }));
    },
  };
}
