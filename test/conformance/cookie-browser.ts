/** A page, or the redirect at which a journey was stopped. */
export interface Visited {
  /** Where the browser is; for a stopped redirect, where it would go. */
  readonly url: string;
  readonly status: number;
  readonly text: string;
  /** Whole address of a redirect that was not followed. */
  readonly stoppedAt?: URL;
}

export interface Form {
  readonly action: string;
  readonly fields: Record<string, string>;
}

/**
 * A browser without a screen for journeys over several programs: follows redirects, keeps cookies by host name (as real
 * ones do: ports do not separate them), fills forms in. A redirect to an address for which `stop` is true is not followed.
 */
export class CookieBrowser {
  readonly cookies = new Map<string, Map<string, string>>();
  /** Every address asked for, in order. */
  readonly history: string[] = [];
  readonly #stop: (url: URL) => boolean;

  constructor(stop: (url: URL) => boolean = () => false) {
    this.#stop = stop;
  }

  get(url: string | URL): Promise<Visited> {
    return this.#go(new URL(url), { method: 'GET' });
  }

  /** Sends the form that `pick` chooses on the page, with these fields beside its hidden ones. */
  async submit(page: Visited, pick: (form: Form) => boolean, fields: Record<string, string> = {}): Promise<Visited> {
    const form = formsOf(page).find(pick);
    if (!form) throw new Error(`no such form on ${page.url} (${page.status}): ${textOf(page)}`);
    const body = new URLSearchParams({ ...form.fields, ...fields });
    return this.#go(new URL(form.action, page.url), { method: 'POST', body });
  }

  async #go(start: URL, init: { method: string; body?: URLSearchParams }): Promise<Visited> {
    let url = start;
    let request = init;
    for (let hop = 0; hop < 20; hop += 1) {
      this.history.push(url.href);
      const jar = this.cookies.get(url.hostname) ?? new Map<string, string>();
      this.cookies.set(url.hostname, jar);
      const cookie = [...jar].map(([name, value]) => `${name}=${value}`).join('; ');
      const response = await fetch(url, { ...request, headers: { cookie }, redirect: 'manual' });
      for (const line of response.headers.getSetCookie()) keep(jar, line);
      const location = response.headers.get('location');
      const text = await response.text();
      if (location === null || response.status < 300 || response.status > 399) {
        return { url: url.href, status: response.status, text };
      }
      url = new URL(location, url);
      if (this.#stop(url)) return { url: url.href, status: response.status, text, stoppedAt: url };
      request = { method: 'GET' };
    }
    throw new Error(`too many redirects, last ${url.href}`);
  }
}

function keep(jar: Map<string, string>, line: string): void {
  const [pair = ''] = line.split(';');
  const at = pair.indexOf('=');
  const [name, value] = [pair.slice(0, at), pair.slice(at + 1)];
  if (/expires=thu, 01 jan 1970/i.test(line) || value === '') jar.delete(name);
  else jar.set(name, value);
}

export function formsOf(page: Visited): Form[] {
  return [...page.text.matchAll(/<form\b([^>]*)>([\s\S]*?)<\/form>/g)].map(([, attributes = '', inner = '']) => ({
    action: decoded(/action="([^"]*)"/.exec(attributes)?.[1] ?? page.url),
    fields: Object.fromEntries(
      [...inner.matchAll(/<input type="hidden" name="([^"]+)" value="([^"]*)"/g)].map(([, name = '', value = '']) => [
        name,
        decoded(value),
      ]),
    ),
  }));
}

/** Text of the element that bears this `id` or `data-testid`. */
export function textAt(page: Visited, id: string): string | undefined {
  const found = new RegExp(`(?:id|data-testid)="${id}"[^>]*>([\\s\\S]*?)<`).exec(page.text)?.[1];
  return found === undefined ? undefined : decoded(found).trim();
}

export function linkAt(page: Visited, id: string): string {
  const tag = new RegExp(`<a [^>]*id="${id}"[^>]*>`).exec(page.text)?.[0] ?? '';
  const href = /href="([^"]*)"/.exec(tag)?.[1];
  if (href === undefined) throw new Error(`no link ${id} on ${page.url}`);
  return new URL(decoded(href), page.url).href;
}

export function titleOf(page: Visited): string {
  return decoded(/<h1>([\s\S]*?)<\/h1>/.exec(page.text)?.[1] ?? '');
}

function textOf(page: Visited): string {
  return page.text
    .replace(/<style[\s\S]*?<\/style>/g, '')
    .replace(/<[^>]+>/g, ' ')
    .replace(/\s+/g, ' ');
}

function decoded(text: string): string {
  return text
    .replaceAll('&quot;', '"')
    .replaceAll('&#39;', "'")
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&amp;', '&');
}
