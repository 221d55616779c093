import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { FranceconnectSimulator } from '#app/demo/franceconnect/start.ts';
import { type Portal, startPortal } from '#app/demo/portal/start.ts';
import { CookieBrowser, textAt, titleOf } from '../conformance/cookie-browser.ts';
import { backToService, choose, continueToService, finishLogout, identify } from '../conformance/simulator-journey.ts';
import { service, startSimulator } from '../conformance/simulator-world.ts';

let simulator: FranceconnectSimulator;
const portals: Portal[] = [];

beforeAll(async () => {
  simulator = await startSimulator();
  for (const clientId of ['caf', 'impots']) portals.push(await declaredPortal(clientId));
});

afterEach(() => simulator.faults.reset());

afterAll(() => Promise.all([...portals.map((portal) => portal.close()), simulator?.close()]));

async function declaredPortal(clientId: string): Promise<Portal> {
  const declared = service(clientId);
  const portal = await startPortal({
    port: 0,
    name: `${clientId} de démonstration`,
    franceconnectIssuer: simulator.issuer,
    clientId,
    clientSecret: declared.clientSecret,
    perimeters: clientId === 'caf' ? ['Logement'] : [],
  });
  simulator.addRelyingParty({
    ...declared,
    redirectUris: [portal.redirectUri],
    postLogoutRedirectUris: [portal.postLogoutRedirectUri],
  });
  return portal;
}

const address = (index: number) => portals[index]?.url ?? '';

describe('a portal', () => {
  it('shows its perimeters and the identity received, every claim by its id', async () => {
    const browser = new CookieBrowser();
    expect((await browser.get(address(0))).text).toContain('<li>Logement</li>');
    const page = await identify(browser, await browser.get(`${address(0)}/connexion`), { persona: 'anne-charlotte' });
    expect(page.url).toBe(`${address(0)}/`);
    expect(textAt(page, 'claim-family_name')).toBe(
      "DE L'ÉPINE-SAINT-ANDRÉ D'HAUTEVILLE-LÈS-MÂCON DE LA FERTÉ-SOUS-JOUARRE",
    );
    expect(textAt(page, 'claim-birthplace')).toBe('71270');
    expect(textAt(page, 'claim-idp_id')).toBe('demo-idp');
    expect(textAt(page, 'claim-sub')).toMatch(/^[0-9a-f]{64}v1$/);
  });

  it('connects after another one without asking who, and logs out of both', async () => {
    const browser = new CookieBrowser();
    await identify(browser, await browser.get(`${address(0)}/connexion`), { persona: 'marcel' });
    const second = await continueToService(browser, await browser.get(`${address(1)}/connexion`));
    expect(textAt(second, 'person')).toBe('Marcel Henri BOURDON');
    const leaving = await browser.submit(second, (form) => form.action === '/deconnexion');
    const home = await finishLogout(browser, leaving);
    expect(textAt(home, 'logged-out')).toBeDefined();
    expect(titleOf(await browser.get(`${address(0)}/connexion`))).toContain('Je choisis un compte');
  });

  it('speaks calmly of a refusal', async () => {
    const browser = new CookieBrowser();
    const page = await backToService(browser, await browser.get(`${address(0)}/connexion`));
    expect([page.status, textAt(page, 'problem')]).toEqual([200, expect.stringContaining('Vous pouvez recommencer')]);
  });

  it.each([
    'idTokenBadSignature',
    'idTokenWrongNonce',
    'userinfoJson',
    'userinfoOtherSub',
    'userinfoBadSignature',
  ] as const)('does not believe %s', async (fault) => {
    const browser = new CookieBrowser();
    const page = await choose(browser, await browser.get(`${address(0)}/connexion`), { persona: 'josette' });
    await simulator.faults.set({ [fault]: true });
    const end = await continueToService(browser, page);
    expect([end.status, titleOf(end)]).toEqual([502, 'Vous n’êtes pas identifié']);
    expect(textAt(await browser.get(address(0)), 'person')).toBeUndefined();
  });

  it('does not believe another level', async () => {
    await simulator.faults.set({ idTokenAcr: 'eidas0' });
    const browser = new CookieBrowser();
    const end = await identify(browser, await browser.get(`${address(0)}/connexion`), { persona: 'josette' });
    expect([end.status, textAt(end, 'detail')]).toEqual([502, 'acr']);
  });

  it('does not take an answer that another browser asked for', async () => {
    const page = await new CookieBrowser().get(`${address(0)}/retour?code=x&state=y`);
    expect(page.status).toBe(400);
  });

  it('says when FranceConnect does not answer', async () => {
    await simulator.faults.set({ down: 'refused' });
    const page = await new CookieBrowser().get(`${address(0)}/connexion`);
    expect([page.status, textAt(page, 'problem')]).toEqual([
      502,
      'FranceConnect ne répond pas. Recommencez plus tard.',
    ]);
  });
});
