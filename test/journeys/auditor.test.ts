import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { addComplaint } from '#audit';
import { MINUTE } from '#platform/time/clock.ts';
import { addTestAuditor, auditorAgent, type TestAuditor } from '#support/auditor.ts';
import { launchBrowser } from '#support/browser.ts';
import { type FollowWorld, followWorld, type MandateRow } from '../slices/mandate/follow-support.ts';
import { expectAccessible, press, tick } from './aidant.ts';

const WIDTHS = [1280, 360];
const MOTIVE = 'Plusieurs connexions la nuit, sur un site que la personne ne connaît pas.';

let world: FollowWorld;
let browser: Browser;
let asker: TestAuditor;
let second: TestAuditor;
let mandate: MandateRow;

beforeAll(async () => {
  world = await followWorld();
  browser = await launchBrowser();
  mandate = await world.conclude({ givenName: 'Zéphyrine' });
  asker = await addTestAuditor(world, { firstName: 'Hélène', lastName: 'Vasseur' });
  second = await addTestAuditor(world, { firstName: 'Marc', lastName: 'Dubreuil', departements: ['62', '59'] });
});
afterAll(async () => {
  await browser?.close();
  await world?.close();
});

const now = () => world.clock.now();
const shots = process.env.SCREENSHOTS;

/** A page of this auditor's browser; nobody's without one. */
async function pageOf(auditor: TestAuditor | undefined, { width = 1280, script = true } = {}): Promise<Page> {
  const context = await browser.newContext({ viewport: { width, height: 900 }, javaScriptEnabled: script });
  const cookies = auditor ? (await auditorAgent(world, auditor)).cookies : new Map<string, string>();
  await context.addCookies([...cookies].map(([name, value]) => ({ name, value, url: world.url })));
  return context.newPage();
}

/** What this auditor is shown there, checked wide and narrow. The checks need a script: in a page of their own. */
async function look(auditor: TestAuditor | undefined, path: string, name: string): Promise<void> {
  const page = await pageOf(auditor);
  await page.goto(`${world.url}${path}`);
  await lookAt(page, name);
  await page.context().close();
}

async function lookAt(page: Page, name: string): Promise<void> {
  for (const width of WIDTHS) {
    await page.setViewportSize({ width, height: 900 });
    await expectAccessible(page);
    if (shots) await page.screenshot({ path: `${shots}/${name}-${width}.png`, fullPage: true });
  }
}

async function lastShortCode(): Promise<string> {
  await world.runJobs();
  return /^\d{4}\s\d{4}$/m.exec(world.mailbox.mails.at(-1)?.text ?? '')?.[0] ?? '';
}

describe('the auditors’ door', () => {
  test.each([true, false])(
    'logging in, with a script: %s; every page is accessible, wide and narrow',
    async (script) => {
      world.clock.advance(MINUTE);
      const page = await pageOf(undefined, { script });
      await page.goto(`${world.url}/plan-du-site`);
      await page.getByRole('link', { name: 'Espace auditeur' }).first().click();
      if (script) await lookAt(page, 'connexion');
      await page.goto(`${world.url}/auditeur/connexion?suite=/auditeur/identites`);
      await page.locator('#email').fill(asker.email);
      await page.locator('#code').fill(asker.codeAt(now()));
      await page.locator('#code').press('Enter');
      await page.waitForURL('**/auditeur/connexion/attente');
      if (script) await lookAt(page, 'attente');
      await page.locator('#code').fill(await lastShortCode());
      await press(page, /Me connecter/);
      await page.waitForURL('**/auditeur/identites');
      expect(await page.locator('.site-header').textContent()).toContain('France entière');
      expect(await page.locator('nav [aria-current]').textContent()).toBe('Identités');
      await press(page, /Se déconnecter/);
      expect(page.url()).toContain('/auditeur/deconnexion');
      if (script) await lookAt(page, 'deconnecte');
      await page.context().close();
    },
  );

  test('asleep, the code is asked and the motive typed comes back', async () => {
    const page = await pageOf(asker);
    await page.goto(`${world.url}/auditeur/identites/demande?mandat=${mandate.id}`);
    await page.locator('#motive').fill(MOTIVE);
    world.clock.advance(16 * MINUTE);
    await press(page, 'Demander');
    await page.waitForURL('**/auditeur/reprise?**');
    await lookAt(page, 'reprise');
    await page.locator('#code').fill(asker.codeAt(now()));
    await press(page, 'Continuer');
    expect(await page.locator('#motive').inputValue()).toBe(MOTIVE);
    await expectAccessible(page);
    await page.context().close();
  });
});

test('two auditors, by the keyboard and without a script: asked, granted, seen', async () => {
  const ask = `/auditeur/identites/demande?mandat=${mandate.id}`;
  await look(asker, ask, 'demande');
  const wrong = await pageOf(asker);
  await wrong.goto(`${world.url}${ask}`);
  await press(wrong, 'Demander');
  expect(await wrong.title()).toMatch(/^Erreur/);
  await lookAt(wrong, 'demande-erreur');
  await wrong.context().close();

  const first = await pageOf(asker, { script: false });
  await first.goto(`${world.url}${ask}`);
  await first.locator('#motive').focus();
  await first.keyboard.type(MOTIVE);
  await first.keyboard.press('Tab');
  await first.keyboard.press('Enter');
  await first.waitForURL('**/auditeur/identites');
  const other = await pageOf(second, { script: false });
  await other.goto(`${world.url}/auditeur/identites`);
  await look(second, '/auditeur/identites', 'identites-a-traiter');
  await other.locator('main a[href^="/auditeur/identites/"]').first().click();
  await other.waitForURL(/identites\/[0-9a-f-]{36}$/);
  const path = new URL(other.url()).pathname;
  await look(second, path, 'demande-a-traiter');
  await tick(other, '#answer');
  await other.locator('#code').fill(second.codeAt(now()));
  await other.locator('#code').press('Enter');
  await other.getByText('Acceptée par').waitFor();
  await look(asker, path, 'demande-ouverte');
  await first.goto(`${world.url}${path}`);
  await first.getByRole('link', { name: 'Voir qui est cette personne' }).click();
  await first.getByText('Zéphyrine').first().waitFor();
  await look(asker, `${path}/personne`, 'identite');
  await look(asker, '/auditeur/identites', 'identites-mes-demandes');
  await first.context().close();
  await other.context().close();
});

test('a complaint is read and closed, without a script', async () => {
  const complained = await world.conclude();
  const added = await addComplaint(world.ctx, {
    ...{ mandateNumber: complained.number, motive: 'not-recognised', channel: 'phone' },
    auditorEmail: second.email,
  });
  if (!added.ok) throw new Error(added.reason);
  const path = `/auditeur/identites/plaintes/${added.id}`;
  await look(second, '/auditeur/identites', 'identites-plainte');
  await look(second, path, 'plainte');
  const page = await pageOf(second, { script: false });
  await page.goto(`${world.url}${path}`);
  await tick(page, '#answer-undecided');
  world.clock.advance(MINUTE);
  await page.locator('#code').fill(second.codeAt(now()));
  await press(page, 'Clore la réclamation');
  await page.getByText('Réclamation close').waitFor();
  await look(second, path, 'plainte-close');
  await page.context().close();
});
