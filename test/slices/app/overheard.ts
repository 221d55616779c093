/** What was said over HTTP while it listened: values of parameters, fields, cookies and tokens, on every side. */
export type Overheard = { secrets(): string[]; stop(): void };

/** Not secret in themselves: what every request of the protocol repeats. */
const PUBLIC_NAMES = new Set([
  ...['client_id', 'redirect_uri', 'response_type', 'scope', 'acr_values', 'prompt', 'claims', 'grant_type', 'iss'],
  ...[
    'post_logout_redirect_uri',
    'themes',
    'theme',
    'duration',
    'cause',
    'known',
    'answer',
    'paper',
    'exemplaires',
    'suite',
  ],
  ...[
    'samePerson',
    'notProtected',
    'logout',
    'providerUid',
    'persona',
    'accepter',
    'version',
    'text',
    'seen',
    'error',
    'etat',
  ],
  ...['error_description', 'theme', 'repris'],
]);

/** Listens to every `fetch` of this process: the browsers and partners of the test, and what the server itself asks. */
export function overhear(): Overheard {
  const real = globalThis.fetch;
  const heard = new Set<string>();
  const add = (value: string | null | undefined) => {
    if (value && value.length >= 6) heard.add(value);
  };
  const addAll = (parameters: Iterable<[string, string]>) => {
    for (const [name, value] of parameters) if (!PUBLIC_NAMES.has(name)) add(value);
  };
  const addAddress = (address: string | null) => {
    if (!address) return;
    const { searchParams, pathname } = new URL(address, 'http://here');
    addAll(searchParams);
    for (const part of pathname.split('/')) if (/^(?=.*[A-Z0-9])[\w-]{20,}$/.test(part)) add(part);
  };
  globalThis.fetch = async (input, init) => {
    addAddress(input instanceof Request ? input.url : String(input));
    if (init?.body) addAll(new URLSearchParams(String(init.body)));
    const headers = new Headers(init?.headers);
    add(headers.get('authorization')?.replace(/^\w+ /, ''));
    const response = await real(input, init);
    addAddress(response.headers.get('location'));
    for (const line of response.headers.getSetCookie()) add(line.split(';')[0]?.split('=').slice(1).join('='));
    const type = response.headers.get('content-type') ?? '';
    if (/json|jwt/.test(type) && !/well-known|jwks/.test(response.url)) addTokens(await response.clone().text(), add);
    return response;
  };
  return { secrets: () => [...heard], stop: () => Object.assign(globalThis, { fetch: real }) };
}

function addTokens(text: string, add: (value: string) => void): void {
  const members: Record<string, unknown> = text.startsWith('{') ? JSON.parse(text) : { token: text };
  for (const [name, value] of Object.entries(members)) {
    if (typeof value === 'string' && /token|code/.test(name)) add(value);
  }
}
