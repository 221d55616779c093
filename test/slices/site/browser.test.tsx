import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import express from 'express';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { buildPublicAssets } from '#app/build/public-assets.ts';
import { projectRoot } from '#platform/root.ts';
import { axeOn } from '#support/axe.ts';
import { launchBrowser } from '#support/browser.ts';
import { EveryPart, UsagerPage, WorkPage } from './every-part.tsx';
import { listen, STATIC_PATHS, STATUSES, tinySite } from './tiny-site.tsx';

const PAGES = [...STATIC_PATHS, ...STATUSES.map((status) => `/erreur/${status}`), '/parties', '/usager', '/travail'];

let folder: string;
let browser: Browser;
let site: Awaited<ReturnType<typeof listen>>;
/** What was posted, and what the server answers to a wish to go on. */
let posted: string[];
let prolongStatus: number;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'entremise-site-'));
  await (await buildPublicAssets(projectRoot(), folder)).compressed;
  const app = express();
  app.use(express.urlencoded());
  app.post('/session/prolonger', (request, response) => {
    posted.push(request.body._csrf);
    response.sendStatus(prolongStatus);
  });
  // Answers never, so that the page stays there for a second press.
  app.post('/lent', () => posted.push('lent'));
  app.use(tinySite({ assets: folder, views: { '/parties': EveryPart, '/usager': UsagerPage, '/travail': WorkPage } }));
  site = await listen(app);
  browser = await launchBrowser();
});
beforeEach(() => {
  posted = [];
  prolongStatus = 204;
});
afterAll(async () => {
  await browser?.close();
  await site?.close();
  await rm(folder, { recursive: true, force: true });
});

async function withPage(options: BrowserContextOptions, work: (page: Page) => Promise<void>): Promise<void> {
  const context = await browser.newContext({ baseURL: site.url, ...options });
  try {
    await work(await context.newPage());
  } finally {
    await context.close();
  }
}

const wide = { viewport: { width: 1280, height: 800 } };
const narrow = { viewport: { width: 320, height: 700 } };

describe.each<[string, BrowserContextOptions & typeof wide]>([
  ['1280 px', wide],
  ['320 px', narrow],
  ['1280 px, dark', { ...wide, colorScheme: 'dark' }],
  ['320 px, without script', { ...narrow, javaScriptEnabled: false }],
])('every page at %s', (_name, options) => {
  it('keeps within the screen, breaks no rule of axe, is refused nothing by the content policy', async () => {
    await withPage({ ...options, reducedMotion: 'reduce' }, async (page) => {
      const complaints: string[] = [];
      page.on('console', (message) => {
        // Chromium reports the very status of an error page as an error.
        if (message.type() === 'error' && !message.text().includes('the server responded with a status of'))
          complaints.push(message.text());
      });
      for (const path of PAGES) {
        await page.goto(path);
        if (options.javaScriptEnabled !== false) {
          const { violations } = await axeOn(page).analyze();
          complaints.push(
            ...violations.map(({ id, nodes }) => `${path}: ${id} ${nodes.map(({ html }) => html).join()}`),
          );
        }
        const width = await page.locator('html').evaluate((root) => root.scrollWidth);
        if (width > options.viewport.width) complaints.push(`${path}: ${width} px wide`);
      }
      expect(complaints).toEqual([]);
    });
  });
});

it('the keyboard meets the skip links first, and they lead past the menu', async () => {
  await withPage(wide, async (page) => {
    await page.goto('/aide');
    await page.keyboard.press('Tab');
    await expect.poll(() => page.locator(':focus').textContent()).toBe('Contenu');
    await page.keyboard.press('Enter');
    await expect.poll(() => page.evaluate(() => document.activeElement?.id)).toBe('contenu');
  });
});

it('a page with errors puts the focus on their summary', async () => {
  await withPage(wide, async (page) => {
    await page.goto('/parties');
    await expect.poll(() => page.evaluate(() => document.activeElement?.id)).toBe('erreurs');
    expect(await page.title()).toMatch(/^Erreur\u00a0: /);
  });
});

it('a print button is there with a script only', async () => {
  await withPage(wide, async (page) => {
    await page.goto('/parties');
    expect(await page.locator('[data-print]').isVisible()).toBe(true);
  });
  await withPage({ ...wide, javaScriptEnabled: false }, async (page) => {
    await page.goto('/parties');
    expect(await page.locator('[data-print]').isVisible()).toBe(false);
  });
});

it('paper shows the content alone', async () => {
  await withPage(wide, async (page) => {
    await page.goto('/travail');
    await page.emulateMedia({ media: 'print', colorScheme: 'dark' });
    for (const frame of ['.site-header', '.site-footer', '.fr-skiplinks'])
      expect(await page.locator(frame).isVisible(), frame).toBe(false);
    expect(await page.locator('h1').isVisible()).toBe(true);
    const background = await page.locator('body').evaluate((body) => getComputedStyle(body).backgroundColor);
    expect(background).toBe('rgb(255, 255, 255)');
  });
});

it('a form pressed twice is sent once', async () => {
  await withPage(wide, async (page) => {
    await page.goto('/travail');
    await page.getByRole('button', { name: 'Enregistrer' }).evaluate((button: HTMLButtonElement) => {
      button.click();
      button.click();
      button.form?.requestSubmit();
    });
    await expect.poll(() => posted).toEqual(['lent']);
  });
});

describe('time of the session', () => {
  const dialog = (page: Page) => page.getByRole('alertdialog');
  const open = async (page: Page) => {
    await page.clock.install({ time: new Date('2026-11-22T08:41:00Z') });
    await page.clock.pauseAt(new Date('2026-11-22T08:42:00Z')); // from then on it goes only as far as a test says
    await page.goto('/travail');
  };

  it('is announced two minutes before a code is asked, and can be prolonged', async () => {
    await withPage(wide, async (page) => {
      await open(page);
      await page.clock.runFor('12:50');
      expect(await dialog(page).isVisible()).toBe(false);
      await page.clock.runFor('00:15');
      await dialog(page).waitFor();
      expect(await dialog(page).getAttribute('aria-labelledby')).toBe('temps-de-session-soon');
      await page.clock.resume(); // axe waits by the clock of the page
      expect((await axeOn(page).analyze()).violations).toEqual([]);
      await page.clock.pauseAt((await page.evaluate(() => Date.now())) + 30_000);
      await page.getByRole('button', { name: 'Continuer' }).click();
      await dialog(page).waitFor({ state: 'hidden' });
      expect(posted).toEqual(['jeton']);
      // The fifteen minutes start again.
      await page.clock.runFor('12:50');
      expect(await dialog(page).isVisible()).toBe(false);
      await page.clock.runFor('00:15');
      await dialog(page).waitFor();
    });
  });

  it('can be prolonged by Escape', async () => {
    await withPage(wide, async (page) => {
      await open(page);
      await page.clock.runFor('13:10');
      await dialog(page).waitFor();
      await page.keyboard.press('Escape');
      await dialog(page).waitFor({ state: 'hidden' });
      expect(posted).toEqual(['jeton']);
    });
  });

  it.each([
    ['when the time is over', 204, '02:00'],
    ['when the server refuses', 403, '00:01'],
  ])('says that a code will be asked %s', async (_name, status, wait) => {
    prolongStatus = status;
    await withPage(wide, async (page) => {
      await open(page);
      await page.clock.runFor('13:10');
      await page.clock.runFor(wait);
      if (status === 403) await page.getByRole('button', { name: 'Continuer' }).click();
      await page.getByText('Le code de l’aidant va être demandé').waitFor();
      expect(await page.getByText('Êtes-vous toujours là').isVisible()).toBe(false);
      await page.getByRole('button', { name: 'Continuer' }).click();
      await dialog(page).waitFor({ state: 'hidden' });
      expect(posted).toEqual(status === 403 ? ['jeton'] : []);
    });
  });

  it('is started again by the activity of another tab', async () => {
    await withPage(wide, async (page) => {
      await open(page);
      await page.clock.runFor('13:10');
      await dialog(page).waitFor();
      const other = await page.context().newPage();
      await other.goto('/travail');
      await dialog(page).waitFor({ state: 'hidden' });
      expect(posted).toEqual([]);
    });
  });
});
