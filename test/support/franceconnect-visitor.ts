/**
 * A person's browser at the FranceConnect simulator, without a screen. Keeps its cookies, so the 30-minute session of
 * FranceConnect lasts from one visit to the next, as it does in one browser.
 */
export function franceconnectVisitor() {
  const cookies = new Map<string, string>();

  async function request(url: URL, form?: Record<string, string>): Promise<Response> {
    const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const init = form ? { method: 'POST', body: new URLSearchParams(form) } : {};
    const response = await fetch(url, { ...init, headers: { cookie }, redirect: 'manual' });
    for (const line of response.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      if (value === '') cookies.delete(name);
      else cookies.set(name, value);
    }
    return response;
  }

  /** Follows redirects inside FranceConnect: ends on one of its pages, or with the address outside it leads to. */
  async function follow(url: URL, form?: Record<string, string>): Promise<{ page: string; url: URL } | { out: URL }> {
    let response = await request(url, form);
    let here = url;
    while (response.headers.get('location')) {
      const next = new URL(response.headers.get('location') ?? '', here);
      if (next.origin !== url.origin) return { out: next };
      here = next;
      response = await request(here);
    }
    return { page: await response.text(), url: here };
  }

  const hidden = (page: string, name: string) => new RegExp(`name="${name}" value="([^"]*)"`).exec(page)?.[1] ?? '';

  async function consent(step: Awaited<ReturnType<typeof follow>>): Promise<URL> {
    if ('out' in step) return step.out;
    const csrf = hidden(step.page, '_csrf');
    if (!csrf)
      throw new Error(`FranceConnect stays on ${step.url}: ${/data-testid="error-code">(\w+)/.exec(step.page)?.[1]}`);
    const end = await follow(new URL('/api/v2/login', step.url), { _csrf: csrf });
    if ('out' in end) return end.out;
    throw new Error(`FranceConnect stays on ${end.url}`);
  }

  return {
    /** Opens the address of an authorization request, chooses a persona where asked, goes on; returns where it leads. */
    async identify(authorizationUrl: string, persona: string): Promise<URL> {
      const first = await follow(new URL(authorizationUrl));
      if ('out' in first || !first.page.includes('name="persona"')) return consent(first);
      const chosen = { csrfToken: hidden(first.page, 'csrfToken'), providerUid: 'demo-idp', persona };
      return consent(await follow(new URL('/api/v2/redirect-to-idp', first.url), chosen));
    },
    /** The same, then « Refuser et revenir », or the way back that an error page offers. */
    async comeBackWithout(authorizationUrl: string, persona?: string): Promise<URL> {
      let step = await follow(new URL(authorizationUrl));
      if (persona && 'page' in step) {
        const chosen = { csrfToken: hidden(step.page, 'csrfToken'), providerUid: 'demo-idp', persona };
        step = await follow(new URL('/api/v2/redirect-to-idp', step.url), chosen);
      }
      if ('out' in step) return step.out;
      const back = /id="back-to-service"[^>]*href="([^"]*)"/.exec(step.page)?.[1];
      if (!back) throw new Error(`no way back from ${step.url}`);
      const end = await follow(new URL(back, step.url));
      if ('out' in end) return end.out;
      throw new Error(`FranceConnect stays on ${end.url}`);
    },
    /** Opens the address of a logout; returns where it leads, or undefined when FranceConnect keeps the person. */
    async logOut(endSessionUrl: string): Promise<URL | undefined> {
      let first = await follow(new URL(endSessionUrl));
      // without the ID token of the session, FranceConnect asks: « Me déconnecter »
      const asked = 'page' in first ? /action="([^"]*disconnect-from-idp)"/.exec(first.page)?.[1] : undefined;
      if ('page' in first && asked) {
        first = await follow(new URL(asked, first.url), { csrfToken: hidden(first.page, 'csrfToken') });
      }
      if ('out' in first) return first.out;
      const xsrf = /name="xsrf" value="([^"]*)"/.exec(first.page)?.[1];
      const action = /action="([^"]*)"/.exec(first.page)?.[1];
      if (!xsrf || !action) return undefined;
      const end = await follow(new URL(action, first.url), { xsrf, logout: 'yes' });
      return 'out' in end ? end.out : undefined;
    },
  };
}
