import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { inGroups } from '#platform/ids/ids.ts';
import { addTestAuditor, auditorAgent, type TestAuditor } from '#support/auditor.ts';
import { launchBrowser } from '#support/browser.ts';
import { addPerson, addStructure } from '#support/people.ts';
import { sealWorld } from '#support/seal.ts';
import { countExport, countPersonSought } from '../../src/audit/limits.ts';
import { ALL_HOLDS } from '../slices/audit/search-support.ts';
import { type FollowWorld, followWorld, type MandateRow } from '../slices/mandate/follow-support.ts';
import { expectAccessible, press } from './aidant.ts';

let world: FollowWorld;
let browser: Browser;
let auditor: TestAuditor;
let mandate: MandateRow;

beforeAll(async () => {
  // the witnesses sign with the real time
  world = await followWorld({ now: new Date() });
  browser = await launchBrowser();
  auditor = await addTestAuditor(world, { departements: ['62', '59'] });
  const other = await addStructure(world, { name: 'CCAS d’Arras Sud' });
  await addPerson(world, { organisationIds: [other.id], firstName: 'Léo', lastName: 'Delattre' });
  mandate = await world.conclude({ familyName: 'LEFÈVRE', givenName: 'Zéphyrine', birthdate: '1950-04-12' });
  for (let person = 0; person < 12; person += 1) await world.conclude();
  await world.browser.get(`/usagers/${mandate.usagerId}`);
  await sealWorld(world);
});
afterAll(async () => {
  await browser?.close();
  await world?.close();
});

const shots = process.env.SCREENSHOTS;

async function auditorsPage({ width = 1280, script = true } = {}): Promise<Page> {
  const context = await browser.newContext({ viewport: { width, height: 900 }, javaScriptEnabled: script });
  const { cookies } = await auditorAgent(world, auditor);
  await context.addCookies([...cookies].map(([name, value]) => ({ name, value, url: world.url })));
  return context.newPage();
}

/** axe, nothing that scrolls sideways, and a picture for who asks, at each width. */
async function look(page: Page, name: string, widths = [1280, 360, 320]): Promise<void> {
  for (const width of widths) {
    await page.setViewportSize({ width, height: 900 });
    await expectAccessible(page);
    if (shots) await page.screenshot({ path: `${shots}/${name}-${width}.png`, fullPage: true });
  }
  await page.setViewportSize({ width: 1280, height: 900 });
}

/** From the search to the entry that concluded the mandate. */
async function openConclusion(page: Page): Promise<void> {
  await page.goto(`${world.url}/auditeur/recherche?mandat=${mandate.number}&quoi=mandats`);
  await page.getByRole('link', { name: /est conclu/ }).click();
  await page.waitForURL('**/auditeur/entrees/*');
}

const verdicts = (page: Page) =>
  page
    .locator('[data-check]')
    .evaluateAll((lines) =>
      Object.fromEntries(lines.map((line) => [line.getAttribute('data-check'), line.getAttribute('data-verdict')])),
    );

describe('an auditor searches, by the keyboard', () => {
  test('from the first page to an entry, whose proof the browser checks itself', async () => {
    const page = await auditorsPage();
    await page.goto(`${world.url}/auditeur`);
    await page.waitForURL('**/auditeur/recherche');
    await look(page, 'recherche');
    await page.locator('#structure').focus();
    await page.keyboard.type('ccas arras');
    await page.keyboard.press('Enter');
    await page.waitForSelector('#erreurs');
    expect(await page.title()).toMatch(/^Erreur/);
    await expect.poll(() => page.evaluate(() => document.activeElement?.id)).toBe('erreurs');
    await look(page, 'recherche-plusieurs');
    await page.getByRole('radio', { name: /^CCAS d’Arras Arras/ }).focus();
    await page.keyboard.press('Space');
    await page.locator('#quoi').selectOption('mandats');
    await press(page, 'Rechercher');
    await page.waitForURL(/structure=[0-9a-f-]{36}&quoi=mandats$/);
    expect(await page.locator('.entry-row').count()).toBe(13);
    await look(page, 'recherche-resultats');
    await page.getByRole('link', { name: `Le mandat ${inGroups(mandate.number)}` }).focus();
    await page.keyboard.press('Enter');
    await page.waitForURL('**/auditeur/entrees/*');
    await page.waitForSelector('#verification[data-by=navigateur]');
    const summary = page.locator('#verification [data-summary]');
    expect(await summary.textContent()).toContain('Votre navigateur vient de le vérifier lui-même');
    expect(await page.locator('[data-without-script]').isVisible()).toBe(false);
    expect(await verdicts(page)).toEqual(ALL_HOLDS);
    await look(page, 'entree');
    for (const summaryOf of await page.locator('summary').all()) await summaryOf.press('Enter');
    await look(page, 'entree-ouverte');
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('link', { name: /Télécharger la preuve/ }).click(),
    ]);
    expect(download.suggestedFilename()).toMatch(/^entree-[0-9a-f-]{36}\.tlog-proof$/);
    await page.context().close();
  });

  test('a person: only their mask is shown, and the address names nobody', async () => {
    const page = await auditorsPage();
    await page.goto(`${world.url}/auditeur/recherche`);
    await page.getByText('Chercher une personne', { exact: true }).press('Enter');
    await look(page, 'recherche-personne');
    await page.locator('#familyName').fill('Lefèvre');
    await page.locator('#birthdate').fill('12/04/1950');
    await press(page, 'Rechercher');
    expect(await page.locator('#motive-erreur').textContent()).toContain('Dites pourquoi');
    expect(await page.locator('#familyName').inputValue()).toBe('Lefèvre');
    await look(page, 'recherche-motif');
    await page.locator('#motive').fill('La personne dit n’avoir rien signé.');
    await press(page, 'Rechercher');
    await page.waitForURL(/\?personne=[0-9a-f-]{36}$/);
    expect(await page.locator('main').textContent()).toMatch(/Personne [0-9A-Z]{4}-[0-9A-Z]{4}/);
    expect(await page.content()).not.toMatch(/lef.vre|Zéphyrine|1950-04/i);
    await look(page, 'recherche-une-personne');
    await page.context().close();
  });

  test('nothing is found: the page says what to do', async () => {
    const page = await auditorsPage();
    await page.goto(`${world.url}/auditeur/recherche?theme=loisirs&resultat=refused`);
    expect(await page.locator('main').textContent()).toContain('Élargissez la période');
    await look(page, 'recherche-rien', [1280, 360]);
    await page.context().close();
  });
});

describe('a page that was tampered with turns red', () => {
  const flipped = (digit: string) => (digit === '0' ? '1' : '0');
  const CHANGES: [what: string, change: (html: string) => string, broken: string[]][] = [
    [
      'a byte of the leaf',
      (html) =>
        html.replace(/(data-evidence="leaf">[0-9a-f\s]{200})([0-9a-f])/, (_, before, digit) => before + flipped(digit)),
      ['leaf-hash', 'node', 'inclusion'],
    ],
    [
      'a byte of the proof',
      (html) =>
        html.replace(/(index \d+\n)([A-Za-z0-9+/])/, (_, before, letter) => before + (letter === 'A' ? 'B' : 'A')),
      ['inclusion'],
    ],
    [
      'the size of the checkpoint',
      (html) => html.replace(/(\/actes\n)(\d)/, (_, before, digit) => before + ((Number(digit) % 9) + 1)),
      ['log', 'quorum'],
    ],
    [
      'a witness’s signature',
      (html) =>
        html.replace(
          /(— temoin-un\.test [A-Za-z0-9+/]{40})([A-Za-z0-9+/])/,
          (_, before, letter) => before + (letter === 'A' ? 'B' : 'A'),
        ),
      ['witness:temoin-un.test', 'quorum'],
    ],
    [
      'the signature of the server that wrote it',
      (html) =>
        html.replace(/(data-evidence="node-signature">)([0-9a-f])/, (_, before, digit) => before + flipped(digit)),
      ['node'],
    ],
    ['the leaf taken away', (html) => html.replace(/(data-evidence="leaf">)[0-9a-f\s]+/, '$1'), ['form', 'leaf-hash']],
  ];

  test.each(CHANGES)('%s', async (_what, change, broken) => {
    const page = await auditorsPage();
    let changed = false;
    await page.route('**/auditeur/entrees/*', async (route) => {
      const response = await route.fetch();
      const html = await response.text();
      const body = change(html);
      changed = body !== html;
      await route.fulfill({ response, body });
    });
    await openConclusion(page);
    expect(changed).toBe(true);
    await page.waitForSelector('#verification[data-by=navigateur]');
    expect(await page.locator('#verification').getAttribute('data-verdict')).toBe('fail');
    expect(await page.locator('#verification [data-summary]').textContent()).toContain('Quelque chose est faux');
    const found = await verdicts(page);
    for (const name of broken) expect([name, found[name]]).toEqual([name, 'fail']);
    if (_what === 'a byte of the leaf') await look(page, 'entree-fausse', [1280, 360]);
    await page.context().close();
  });
});

/** axe needs a script of its own in the page. */
async function expectNarrow(page: Page): Promise<void> {
  const widths = await page.locator('html').evaluate(({ scrollWidth, clientWidth }) => [scrollWidth, clientWidth]);
  expect(widths[0], page.url()).toBeLessThanOrEqual(widths[1] ?? 0);
}

test('without JavaScript, at 320 px: the search, the entry as the server verified it, and how to verify alone', async () => {
  const page = await auditorsPage({ width: 320, script: false });
  await page.goto(`${world.url}/auditeur/recherche`);
  await expectNarrow(page);
  await page.locator('#mandat').fill(mandate.number);
  await press(page, 'Rechercher');
  await page.waitForURL(/mandat=/);
  await expectNarrow(page);
  await page.getByRole('link', { name: /est conclu/ }).click();
  await page.waitForURL('**/auditeur/entrees/*');
  await expectNarrow(page);
  const text = await page.locator('#verification').textContent();
  expect(text).toContain('Votre navigateur n’a rien vérifié lui-même');
  expect(text).toContain('Tout est vrai, d’après ce serveur.');
  expect(Object.values(await verdicts(page))).toEqual(Array(8).fill('pass'));
  expect(await page.locator('main').textContent()).toContain('node journal-verify.mjs');
  if (shots) await page.screenshot({ path: `${shots}/entree-sans-script-320.png`, fullPage: true });
  await page.context().close();
});

test('a limit that is reached: the page of the space says which, from when it goes on, and where to go meanwhile', async () => {
  const who = { auditorId: auditor.auditorId, departements: ['62', '59'] };
  const page = await auditorsPage();
  await page.goto(`${world.url}/auditeur/recherche`);
  for (let sought = 0; sought < 20; sought += 1) await countPersonSought(world.ctx, who);
  await page.getByText('Chercher une personne').click();
  await page.locator('#familyName').fill('LEFÈVRE');
  await page.locator('#birthdate').fill('12/04/1950');
  await page.locator('#motive').fill('Une réclamation de cette personne');
  await press(page, 'Rechercher');
  await page.waitForSelector('h1:has-text("Limite atteinte")');
  await look(page, 'limite-personnes');
  expect(await page.locator('header').textContent()).toContain('Espace auditeur');
  for (let made = 0; made < 60; made += 1) await countExport(world.ctx, who);
  await page.goto(`${world.url}/auditeur/mandats/${mandate.id}/export`);
  await press(page, 'Exporter');
  await page.waitForSelector('h1:has-text("60 exports en une heure")');
  await look(page, 'limite-exports');
  await page.getByRole('link', { name: 'Revenir à la recherche' }).click();
  await page.waitForURL('**/auditeur/recherche');
});
