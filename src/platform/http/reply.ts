import type { ReactElement } from 'react';

/** What a page answers. The route table turns it into HTTP; pages never touch the response. */
export type Reply =
  | { kind: 'html'; status: number; view: ReactElement }
  | { kind: 'redirect'; to: string }
  | { kind: 'bytes'; type: string; body: Buffer | string; status: number; headers?: Readonly<Record<string, string>> };

/** A page; 200 unless `status` says otherwise. */
export function html(view: ReactElement, status = 200): Reply {
  return { kind: 'html', status, view };
}

/** A page that repeats the form with its errors. */
export function refusedForm(view: ReactElement): Reply {
  return { kind: 'html', status: 422, view };
}

/** 303: the next request is a GET (RFC 9110 §15.4.4). From a POST, `to` must be on our own site: CSP form-action follows redirects. */
export function redirect(to: string): Reply {
  return { kind: 'redirect', to };
}

/** Anything else than a page, as it is. `type` as express takes it: « text », « json », a media type. */
export function bytes(type: string, body: Buffer | string, status = 200): Reply {
  return { kind: 'bytes', type, body, status };
}

/** What the whole world may read and copy, from the pages of other sites too. `cache` says for how long it stays true. */
export function open(type: string, body: Buffer | string, cache: 'for-ever' | 'never', status = 200): Reply {
  const headers = {
    'cache-control': cache === 'for-ever' ? 'public, max-age=31536000, immutable' : 'no-cache',
    'access-control-allow-origin': '*',
    'cross-origin-resource-policy': 'cross-origin',
  };
  return { kind: 'bytes', type, body, status, headers };
}
