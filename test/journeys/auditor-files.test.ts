import { readFile } from 'node:fs/promises';
import { unzipSync } from 'fflate';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { sha256 } from '#platform/crypto/hashes.ts';
import { parisDay } from '#platform/time/paris.ts';
import { auditorAgent } from '#support/auditor.ts';
import { launchBrowser } from '#support/browser.ts';
import { sealWorld } from '#support/seal.ts';
import { periodBounds } from '../../src/audit/samples/period.rules.ts';
import { type FilesWorld, filesWorld, type Mandate, neverSigned } from '../slices/audit/files-support.ts';
import { expectAccessible, press, tick } from './aidant.ts';

const shots = process.env.SCREENSHOTS;
const WIDTHS = shots ? [1280, 360, 320] : [1280, 320];

let world: FilesWorld;
let browser: Browser;
let mandate: Mandate;

beforeAll(async () => {
  [world, browser] = await Promise.all([filesWorld(), launchBrowser()]);
  mandate = await world.concluded('josette');
  await world.connected(mandate, { site: 'CAF du Pas-de-Calais' });
  await world.connected(mandate, { site: 'Impôts', refused: true });
  await world.paper(mandate, { paper: 'none', reason: 'unable', note: null });
  await sealWorld(world);
  await neverSigned(world, mandate);
});
afterAll(async () => {
  await browser?.close();
  await world?.close();
});

async function pageOf({ auditor } = world.mine, { width = 1280, script = true } = {}): Promise<Page> {
  const context = await browser.newContext({ viewport: { width, height: 900 }, javaScriptEnabled: script });
  const { cookies } = await auditorAgent(world, auditor);
  await context.addCookies([...cookies].map(([name, value]) => ({ name, value, url: world.url })));
  return context.newPage();
}

/** Checked at each width, as a page and, when asked, on paper. */
async function look(page: Page, name: string, { paper = false } = {}): Promise<void> {
  for (const width of WIDTHS) {
    await page.setViewportSize({ width, height: 900 });
    await expectAccessible(page);
    if (width < 576) expect(await tablesCut(page), `${name}, tables that scroll`).toBe(0);
    if (shots) await page.screenshot({ path: `${shots}/${name}-${width}.png`, fullPage: true });
  }
  if (paper && shots) await page.pdf({ path: `${shots}/${name}.pdf`, preferCSSPageSize: true });
  await page.setViewportSize({ width: 1280, height: 900 });
}

/** Tables wider than their place: on a narrow screen each row is a block, and none is. */
function tablesCut(page: Page): Promise<number> {
  return page
    .locator('.table-scroll')
    .evaluateAll((boxes) => boxes.filter(({ scrollWidth, clientWidth }) => scrollWidth > clientWidth).length);
}

async function exported(page: Page): Promise<Buffer> {
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name: 'Exporter' }).click(),
  ]);
  return readFile(await download.path());
}

describe('« je n’ai jamais signé »', () => {
  test('from the complaint to the decision, the letter and the sealed export', async () => {
    const page = await pageOf();
    await page.goto(`${world.url}/auditeur/dossiers`);
    await look(page, 'dossiers');
    await page.getByRole('link', { name: /Ouvrir un dossier de contrôle : « Je n’ai jamais signé »/ }).click();
    await look(page, 'ouvrir');
    await press(page, 'Ouvrir le dossier de contrôle');
    await page.waitForURL(/\/auditeur\/dossiers\/[0-9a-f-]{36}$/);
    expect(await page.textContent('main')).toContain('Le dossier de contrôle est ouvert');
    const caseUrl = page.url();

    await page.getByRole('link', { name: 'Dossier du mandat', exact: true }).click();
    await look(page, 'mandat', { paper: true });
    expect(await page.textContent('main')).toContain('Toutes les vérifications tiennent');
    expect(await page.textContent('main')).toContain('LEFÈVRE');
    const summary = page.locator('summary', { hasText: 'Lire le texte, mot pour mot' });
    await summary.focus();
    await page.keyboard.press('Enter');
    expect(await page.locator('.shown-text').isVisible()).toBe(true);
    await page.getByRole('link', { name: 'Exporter le dossier du mandat' }).click();
    await look(page, 'mandat-export');
    const ofMandate = await exported(page);
    expect(Object.keys(unzipSync(ofMandate))).toContain(`consent/${mandate.number}/id-token.jwt`);
    const [told] = await world.told({ kinds: ['audit.mandate-exported'] });
    expect(told?.opened.sha256).toBe(sha256(ofMandate).toString('hex'));

    await page.goto(caseUrl);
    await page.getByRole('link', { name: 'Écrire une note' }).click();
    await look(page, 'note');
    await press(page, 'Écrire la note');
    await look(page, 'note-vide');
    await page.locator('#note').fill('La structure a été appelée.\nElle garde un double du papier.');
    await press(page, 'Écrire la note');
    await page.locator('[data-annonce]:focus', { hasText: 'La note est écrite' }).waitFor();
    await page.getByRole('link', { name: 'Décider' }).click();
    await look(page, 'decision');
    await tick(page, 'input[name=decision][value=undecided]');
    await page
      .locator('#reasons')
      .fill('FranceConnect a bien reçu vos identifiants. Nous ne savons pas qui les a tapés.');
    await press(page, 'Écrire la décision');
    await page.waitForURL(caseUrl);
    await look(page, 'dossier', { paper: true });
    await page.getByRole('link', { name: 'Lettre de réponse à la personne' }).click();
    await look(page, 'lettre', { paper: true });
    expect(await page.textContent('.answer-letter')).toContain('Josette');
    expect(await page.textContent('.answer-letter')).toContain('Nous ne savons pas qui les a tapés.');

    await page.goto(`${caseUrl}/export`);
    await look(page, 'dossier-export');
    const ofCase = await exported(page);
    const [exportTold] = await world.told({ kinds: ['case.exported'] });
    expect(exportTold?.opened.sha256).toBe(sha256(ofCase).toString('hex'));
    await page.goto(`${caseUrl}/partage`);
    await look(page, 'partage');
    const kinds = (await world.told({ log: 'actes', mandateAlias: mandate.journalAlias })).map(({ kind }) => kind);
    expect(kinds.slice(-6)).toEqual([
      'case.opened',
      'case.entry-added',
      'audit.mandate-exported',
      'case.noted',
      'case.decided',
      'case.exported',
    ]);
  });

  test('masked for another auditor, narrow, without a script: opened, noted, decided', async () => {
    const page = await pageOf(world.colleague, { width: 320, script: false });
    await page.goto(`${world.url}/auditeur/mandats/${mandate.number}`);
    expect(await page.textContent('main')).toMatch(/Personne [0-9A-Z]{4}-[0-9A-Z]{4}/);
    expect(await page.textContent('main')).not.toContain('LEFÈVRE');
    await page.getByRole('link', { name: 'Ajouter à un dossier de contrôle' }).click();
    await page.locator('#subject').fill('Connexions refusées');
    await press(page, 'Ouvrir le dossier de contrôle');
    await page.getByRole('link', { name: 'Décider' }).click();
    await press(page, 'Écrire la décision');
    expect(await page.textContent('#erreurs')).toContain('Choisissez la décision');
    await tick(page, 'input[name=decision][value=nothing-found]');
    await page.locator('#reasons').fill('La session était fermée. Rien d’anormal.');
    await press(page, 'Écrire la décision');
    expect(await page.textContent('main')).toContain('Rien d’anormal');
  });
});

describe('a sample', () => {
  test('is drawn once the month is over, and shows how to draw it again', async () => {
    const period = parisDay(new Date()).slice(0, 7);
    const page = await pageOf();
    await page.goto(`${world.url}/auditeur/tirages`);
    await look(page, 'tirages');
    await sealWorld(world);
    world.clock.set(new Date(periodBounds(period).end.getTime() + 3_600_000));
    const later = await pageOf();
    await later.goto(`${world.url}/auditeur/tirages`);
    await later.locator('#period').selectOption(period);
    await later.locator('#scope').selectOption(`structure:${world.structure.id}`);
    await tick(later, 'input[name=population][value=mandats]');
    await press(later, 'Tirer');
    await later.waitForURL(/\/auditeur\/tirages\/[0-9a-f-]{36}$/);
    await look(later, 'tirage', { paper: true });
    expect(await later.textContent('main')).toContain('il donne les mêmes rangs');
  });
});
