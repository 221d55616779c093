import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { endMandate } from '#mandate';
import { themes } from '#organisation';
import { launchBrowser } from '#support/browser.ts';
import { addPerson, addStructure, loggedInAs } from '#support/people.ts';
import { type FollowWorld, followWorld, type MandateRow, somebody } from './follow-support.ts';

let world: FollowWorld;
let browser: Browser;

beforeAll(async () => {
  world = await followWorld();
  browser = await launchBrowser();
});
afterAll(async () => {
  await browser.close();
  await world.close();
});

/** Prints an address as a browser does from its menu, without JavaScript, and counts the sides of paper. */
async function printed(path: string, cookie: string) {
  const context = await browser.newContext({ javaScriptEnabled: false });
  await context.addCookies([{ name: 'entremise-aidant', value: cookie, url: world.url }]);
  const page = await context.newPage();
  await page.goto(world.url + path);
  const pdf = await page.pdf({ preferCSSPageSize: true });
  await context.close();
  const folder = process.env.PRINTED;
  if (folder && existsSync(folder)) await writeFile(`${folder}/${path.replace(/\W+/g, '-')}.pdf`, pdf);
  const sides = pdf.toString('latin1').match(/\/Type\s*\/Page\b(?!s)/g)?.length ?? 0;
  const [, width = '0', height = '0'] = /\/MediaBox\s*\[0 0 ([\d.]+) ([\d.]+)\]/.exec(pdf.toString('latin1')) ?? [];
  return { sides, width: Math.round(Number(width)), height: Math.round(Number(height)) };
}

const A4 = { width: 595, height: 842 };

/** Everything at its longest: names, address, ten themes, two mandates replaced, no e-mail. */
async function longestMandate(): Promise<{ mandate: MandateRow; cookie: string }> {
  const structure = await addStructure(world, {
    name: 'Centre communal d’action sociale et maison France Services intercommunale de Saint-Remy-en-Bouzemont',
    address: '128 bis boulevard du Général de Gaulle, bâtiment C, deuxième étage',
    city: 'Saint-Remy-en-Bouzemont-Saint-Genest-et-Isson',
    email: 'accueil.france.services@saint-remy-en-bouzemont.example',
  });
  const by = await addPerson(world, {
    organisationIds: [structure.id],
    firstName: 'Marie-Antoinette',
    lastName: 'de la Rochefoucauld-Montbel',
  });
  const person = somebody({
    givenName: 'Marie-Christine Joséphine Bernadette Apolline',
    familyName: 'VAN DER BEKEN DE LA TOUR D’AUVERGNE',
    preferredUsername: 'GONZÁLEZ-FERNÁNDEZ DE CÓRDOBA',
    email: null,
  });
  await world.conclude(person, { by, themes: ['famille', 'social'], duration: 'SEMESTER' });
  await world.conclude(person, { by, themes: ['logement', 'argent'], duration: 'LONG' });
  const mandate = await world.conclude(person, { by, themes: themes.map(({ key }) => key), duration: 'LONG' });
  const agent = await loggedInAs(world, by);
  await agent.post(`/mandats/${mandate.id}/document/usager`, { exemplaires: 'deux' });
  return { mandate, cookie: agent.cookies.get('entremise-aidant') ?? '' };
}

test('the longest mandate there can be is two sides of A4, on each copy, without JavaScript', async () => {
  const { mandate, cookie } = await longestMandate();
  const path = `/mandats/${mandate.id}/document`;
  expect(await printed(`${path}/usager`, cookie)).toEqual({ sides: 2, ...A4 });
  expect(await printed(path, cookie)).toEqual({ sides: 2, ...A4 });
  expect(await printed(`${path}/usager?exemplaires=deux`, cookie)).toEqual({ sides: 4, ...A4 });
});

test('the paper of an end is one side of A4', async () => {
  const { mandate, cookie } = await longestMandate();
  const { aidantId, organisationId, id: mandateId } = mandate;
  const end = { cause: 'revoked-by-usager', knownAt: undefined } as const;
  await endMandate(world.ctx, { aidantId, organisationId, mandateId, end });
  expect(await printed(`/mandats/${mandate.id}/revocation`, cookie)).toEqual({ sides: 1, ...A4 });
});

test('the text is set at 12 points, and what must stay together does', async () => {
  const { mandate, cookie } = await longestMandate();
  const context = await browser.newContext();
  await context.addCookies([{ name: 'entremise-aidant', value: cookie, url: world.url }]);
  const page = await context.newPage();
  await page.goto(`${world.url}/mandats/${mandate.id}/document/usager`);
  await page.emulateMedia({ media: 'print' });
  const style = (selector: string, property: string) =>
    page
      .locator(selector)
      .first()
      .evaluate((element, name) => getComputedStyle(element).getPropertyValue(name), property);
  expect(await style('.mandate-document p', 'font-size')).toBe('16px'); // 12 pt
  expect(await style('.mandate-document li', 'font-size')).toBe('16px');
  expect(await style('.mandate-document__signing', 'break-inside')).toBe('avoid');
  expect(await style('.mandate-document__checks', 'break-inside')).toBe('avoid');
  expect(
    await page
      .locator('header.site-header, footer.site-footer, .screen-only')
      .evaluateAll((found) => found.every((element) => getComputedStyle(element).display === 'none')),
  ).toBe(true);
  await context.close();
});
