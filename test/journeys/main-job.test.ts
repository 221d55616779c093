import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openDatabase } from '#platform/db/database.ts';
import { launchBrowser } from '#support/browser.ts';
import { type Demo, startDemo } from '#support/demo-world.ts';
import { journalOf } from '#support/journal.ts';
import { expectAccessible, logIn, mailTo, type Phone, phoneOf, press, tick } from './aidant.ts';

let demo: Demo;
let browser: Browser;

beforeAll(async () => {
  [demo, browser] = await Promise.all([startDemo(), launchBrowser()]);
});
afterAll(async () => {
  await browser?.close();
  await demo?.close();
});

/** Goes from « Nouveau mandat » to the document, the person being a persona of the simulator. Returns the mandate's id. */
async function conclude(
  page: Page,
  persona: string,
  { themes, phone }: { themes: string[]; phone: Phone },
): Promise<string> {
  await page.goto(`${demo.description.urls.app}/mandats/nouveau`);
  await expectAccessible(page);
  await press(page, /Commencer un mandat/);
  await expectAccessible(page);
  for (const theme of themes) await tick(page, `input[name=themes][value=${theme}]`);
  await tick(page, 'input[name=duration][value=MONTH]');
  await press(page, /Continuer/);
  await expectAccessible(page);
  await press(page, /Oui, j’autorise/);
  await page.waitForURL(/interaction/);
  await page.locator(`#persona-${persona}`).click();
  await page.locator('#consent-continue').click();
  await page.waitForURL(/\/verification$/);
  await expectAccessible(page);
  await tick(page, 'input[name=samePerson]');
  await tick(page, 'input[name=notProtected]');
  await page.locator('input[name=code]').fill(await phone.nextCode());
  await press(page, 'Accepter et enregistrer le mandat');
  await page.waitForURL(/\/document$/);
  await expectAccessible(page);
  return /mandats\/([^/]+)\/document/.exec(page.url())?.[1] ?? '';
}

/** From the public site through FranceConnect to our choice of person and theme, and back to the site. */
async function actFor(page: Page, name: RegExp, theme: string): Promise<void> {
  await page.goto(demo.description.urls.portals[0] as string);
  await page.locator('#connexion').click();
  await page.locator('#idp-entremise-demo').click();
  await page.waitForURL(/\/agir\//);
  await expectAccessible(page);
  await page.getByRole('link', { name }).first().click();
  await page.waitForURL(/\/pour\//);
  await expectAccessible(page);
  await tick(page, `input[name=theme][value=${theme}]`);
  await tick(page, 'input[name=site]');
  await press(page, 'Agir en son nom');
  await page.locator('#consent-continue').click();
  await page.waitForURL(new RegExp(demo.description.urls.portals[0] as string));
}

async function newPage(
  options: Parameters<Browser['newContext']>[0] = {},
): Promise<{ context: BrowserContext; page: Page }> {
  const context = await browser.newContext({ locale: 'fr-FR', viewport: { width: 1280, height: 900 }, ...options });
  return { context, page: await context.newPage() };
}

async function mandateOf(id: string) {
  const db = openDatabase(demo.database.superuserUrl, { max: 1, onError: () => undefined });
  const mandate = await db.selectFrom('mandate').selectAll().where('id', '=', id).executeTakeFirstOrThrow();
  const uses = await db.selectFrom('use').selectAll().where('mandateId', '=', id).execute();
  await db.destroy();
  return { mandate, uses };
}

const kindsOf = async (alias: string) =>
  (await journalOf(demo.database.superuserUrl, { log: 'actes', mandateAlias: alias })).map(({ kind }) => kind);

describe('the main job, from the counter to the site', () => {
  test('a mandate is agreed, accepted, printed, used on a site, then stopped with the code of the paper', async () => {
    const [account] = demo.accounts;
    if (!account) throw new Error('no account');
    const phone = phoneOf(account);
    const { context, page } = await newPage();
    await logIn(page, demo, account, phone);
    await expectAccessible(page);

    const id = await conclude(page, 'josette', { themes: ['famille', 'argent'], phone });
    const { mandate } = await mandateOf(id);
    expect(await kindsOf(mandate.journalAlias)).toEqual(['consent.identified', 'mandate.concluded']);
    const mail = await mailTo(demo, 'josette.lefevre@courriel.example', /autorisé/);
    expect(mail.text).toContain('Famille - Scolarité');

    await press(page, /Seulement celui de la personne/);
    await expectAccessible(page);
    const stopCode =
      /code d’arrêt[\s\u00a0]*:?[\s\u00a0]*((?:[0-9A-Z][\s\u00a0]*){10})/.exec(
        (await page.textContent('main')) ?? '',
      )?.[1] ?? '';
    expect(stopCode.replace(/\s/g, '')).toHaveLength(10);

    await actFor(page, /Josette/, 'famille');
    expect(await page.locator('#claim-family_name').textContent()).toBe('LEFÈVRE');
    expect(await page.locator('#claim-idp_id').textContent()).toBe('entremise-demo');
    const { uses } = await mandateOf(id);
    expect(uses).toHaveLength(1);
    expect(uses[0]).toMatchObject({ theme: 'famille', refusedAt: null });
    expect(uses[0]?.identityGivenAt).not.toBeNull();

    await page.goto(`${demo.description.urls.app}/mandats`);
    await expectAccessible(page);
    expect(await page.textContent('body')).toMatch(/Vous agissez pour/);

    const { page: person } = await newPage({ viewport: { width: 360, height: 740 } });
    await person.goto(`${demo.description.urls.app}/verifier/${mandate.number}`);
    await expectAccessible(person);
    expect(await person.textContent('main')).toMatch(/en vigueur/i);
    expect(await person.textContent('main')).not.toMatch(/LEFÈVRE|Arras/);
    await person.goto(`${demo.description.urls.app}/revoquer`);
    await expectAccessible(person);
    await person.locator('input[name=number]').fill(mandate.number);
    await person.locator('input[name=stopCode]').fill(stopCode);
    await press(person, /Continuer|Arrêter/);
    await expectAccessible(person);
    await press(person, 'Oui, arrêter maintenant');
    await expectAccessible(person);
    const ended = await mandateOf(id);
    expect(ended.mandate).toMatchObject({
      endCause: 'revoked-by-usager',
      endChannel: 'stop-code',
      endedByAidantId: null,
    });
    expect(await kindsOf(mandate.journalAlias)).toEqual([
      'consent.identified',
      'mandate.concluded',
      'mandate.stop-code-printed',
      'use.chosen',
      'use.code-issued',
      'use.token-issued',
      'use.identity-given',
      'authorisation.ended',
      'authorisation.ended',
      'mandate.ended',
    ]);
    await mailTo(demo, 'josette.lefevre@courriel.example', /terminé|arrêt/i);
    await context.close();
  });

  test('the same works without JavaScript, at 320 px', async () => {
    const account = demo.accounts[2];
    if (!account) throw new Error('no account');
    const phone = phoneOf(account);
    const { page } = await newPage({ javaScriptEnabled: false, viewport: { width: 320, height: 640 } });
    await logIn(page, demo, account, phone);
    await page.goto(`${demo.description.urls.app}/mandats/nouveau`);
    await press(page, /Commencer un mandat/);
    await tick(page, 'input[name=themes][value=social]');
    await tick(page, 'input[name=duration][value=SHORT]');
    await press(page, /Continuer/);
    await press(page, /Oui, j’autorise/);
    await page.waitForURL(/interaction/);
    await page.locator('#persona-mohamed').click();
    await page.locator('#consent-continue').click();
    // FranceConnect's own log-out page is a form that only its script sends
    await page.locator('#logout-continue').click();
    await page.waitForURL(/\/verification$/);
    await tick(page, 'input[name=samePerson]');
    await tick(page, 'input[name=notProtected]');
    await page.locator('input[name=code]').fill(await phone.nextCode());
    await press(page, 'Accepter et enregistrer le mandat');
    await page.waitForURL(/\/document$/);
    const { mandate } = await mandateOf(/mandats\/([^/]+)\/document/.exec(page.url())?.[1] ?? '');
    expect(mandate.duration).toBe('SHORT');
  });
});
