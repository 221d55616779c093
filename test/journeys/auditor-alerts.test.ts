import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { sha256 } from '#platform/crypto/hashes.ts';
import { uuidv7 } from '#platform/ids/ids.ts';
import { addTestAuditor, auditorAgent, type TestAuditor } from '#support/auditor.ts';
import { launchBrowser } from '#support/browser.ts';
import { addPerson } from '#support/people.ts';
import { turn } from '../slices/audit/alerts-support.ts';
import { type FollowWorld, followWorld } from '../slices/mandate/follow-support.ts';
import { expectAccessible, press, tick } from './aidant.ts';

let world: FollowWorld;
let browser: Browser;
let auditor: TestAuditor;

beforeAll(async () => {
  world = await followWorld();
  browser = await launchBrowser();
  auditor = await addTestAuditor(world);
});
afterAll(async () => {
  await browser?.close();
  await world?.close();
});

const shots = process.env.SCREENSHOTS;

async function auditorsPage({ script = true } = {}): Promise<Page> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, javaScriptEnabled: script });
  const { cookies } = await auditorAgent(world, auditor);
  await context.addCookies([...cookies].map(([name, value]) => ({ name, value, url: world.url })));
  return context.newPage();
}

/** axe, nothing that scrolls sideways, and a picture for who asks, at each width. */
async function look(page: Page, name: string): Promise<void> {
  for (const width of [1280, 360, 320]) {
    await page.setViewportSize({ width, height: 900 });
    await expectAccessible(page);
    if (shots) await page.screenshot({ path: `${shots}/${name}-${width}.png`, fullPage: true });
  }
  await page.setViewportSize({ width: 1280, height: 900 });
}

/** Three mandates at once, which have no real evidence either; and a defect of the service. */
async function raised(): Promise<void> {
  world.clock.advance(60_000);
  const by = await addPerson(world, { organisationIds: [world.structure.id] });
  for (let count = 0; count < 3; count += 1) await world.conclude({}, { by });
  expect(await turn(world, ['H2', 'P1'])).toBe(4);
  const id = uuidv7(world.clock.now());
  const explanation =
    'Le lundi 2 mars 2026 à 10\u00a0h\u00a001, une connexion au nom d’une personne a été acceptée alors que le journal en avait déjà écrit la fin. L’identité de la personne a été donnée. C’est un défaut du service.';
  const row = { id, rule: 'E1', facts: sha256(id), organisationId: world.structure.id, urgent: true, entries: 0 };
  await world.workerCtx.db
    .insertInto('alert')
    .values({ ...row, explanation, raisedAt: world.clock.now() })
    .execute();
}

describe('an auditor decides about an alert', () => {
  test.each([true, false])('by the keyboard, with a script: %s', async (script) => {
    await raised();
    const page = await auditorsPage({ script });
    await page.goto(`${world.url}/auditeur/recherche`);
    await page.getByRole('link', { name: 'Alertes', exact: true }).first().press('Enter');
    await page.waitForURL('**/auditeur/alertes');
    expect(await page.locator('.alert-item').first().textContent()).toContain('Défaut à traiter d’abord');
    if (script) await look(page, 'alertes');
    await page.locator('#regle').selectOption('H2');
    await press(page, 'Filtrer');
    await page.waitForURL('**regle=H2**');
    await page
      .getByRole('link', { name: /3\smandats conclus par le même aidant/ })
      .first()
      .press('Enter');
    await page.waitForURL('**/auditeur/alertes/*-*');
    expect(await page.locator('.entry-row').count()).toBe(3);
    if (script) await look(page, 'alerte');
    await press(page, 'Écrire la décision');
    expect(await page.title()).toMatch(/^Erreur/);
    if (script) await look(page, 'alerte-erreurs');
    await tick(page, '#decision-to-follow');
    await page.locator('#reasons').fill('Les trois personnes sont venues ensemble ?\nÀ demander à la structure.');
    await tick(page, '#openCase');
    await press(page, 'Écrire la décision');
    await page.waitForURL('**/auditeur/dossiers/*');
    await page.goto(`${world.url}/auditeur/alertes?etat=decidees`);
    if (script) await look(page, 'alertes-decidees');
    await page
      .getByRole('link', { name: /3\smandats conclus par le même aidant/ })
      .first()
      .press('Enter');
    await page.waitForURL('**/auditeur/alertes/*-*');
    expect(await page.locator('main').textContent()).toContain('À demander à la structure.');
    if (script) await look(page, 'alerte-decidee');
    await page.context().close();
  });

  test('the rules are read by auditors, and by everybody', async () => {
    const page = await auditorsPage();
    await page.goto(`${world.url}/auditeur/alertes/regles`);
    await look(page, 'regles');
    await page.goto(`${world.url}/regles-de-controle`);
    await look(page, 'regles-de-controle');
    await page.goto(`${world.url}/conditions`);
    await look(page, 'conditions');
    await page.context().close();
  });
});
