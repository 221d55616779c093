import { type CookieBrowser, type Form, linkAt, type Visited } from './cookie-browser.ts';

/** Presses a persona's button, or an identity provider's, on FranceConnect's page of choice. */
export function choose(
  browser: CookieBrowser,
  page: Visited,
  who: { persona: string } | { provider: string },
): Promise<Visited> {
  const uid = 'persona' in who ? 'demo-idp' : who.provider;
  const pick = (form: Form) => form.fields.providerUid === uid;
  return browser.submit(page, pick, 'persona' in who ? { persona: who.persona } : {});
}

/** Presses « Continuer sur … » on FranceConnect's last page. */
export function continueToService(browser: CookieBrowser, page: Visited): Promise<Visited> {
  return browser.submit(page, (form) => form.action.endsWith('/login'));
}

/** From the page of choice to the service: who identifies, then « Continuer ». */
export async function identify(
  browser: CookieBrowser,
  page: Visited,
  who: { persona: string } | { provider: string },
): Promise<Visited> {
  return continueToService(browser, await choose(browser, page, who));
}

/** Presses « Refuser et revenir » (or « Revenir » on a page of error). */
export function backToService(browser: CookieBrowser, page: Visited): Promise<Visited> {
  return browser.get(linkAt(page, 'back-to-service'));
}

/** Presses the button that sends FranceConnect's logout form (a script does it where there is one). */
export function finishLogout(browser: CookieBrowser, page: Visited): Promise<Visited> {
  return browser.submit(page, (form) => form.action.endsWith('/session/end/confirm'), { logout: 'yes' });
}
