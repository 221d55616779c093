import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { launchBrowser } from '#support/browser.ts';

const page = `<!doctype html><html lang="fr"><title>sans script</title>
  <p><span id="accents">éàçœ</span> <span id="plain">eaco</span> <span id="unknown">\u{e000}\u{e001}\u{e002}\u{e003}</span></p>
  <script>document.title = 'script';</script>`;

let server: Server;
let browser: Browser;
let url: string;

beforeAll(async () => {
  server = createServer((_request, response) => {
    response.setHeader('content-type', 'text/html; charset=utf-8');
    response.setHeader('content-security-policy', "script-src 'none'");
    response.end(page);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  browser = await launchBrowser();
});

afterAll(async () => {
  await browser?.close();
  server.close();
});

test('the browser draws a narrow page, with its accents', async () => {
  const tab = await browser.newPage({ viewport: { width: 360, height: 640 } });
  await tab.goto(url);
  const picture = await tab.screenshot();
  expect(picture.readUInt32BE(16)).toBe(360);
  const drawn = async (id: string) => (await tab.locator(id).screenshot()).toString('base64');
  expect(await drawn('#accents')).not.toBe(await drawn('#plain'));
  expect(await drawn('#accents')).not.toBe(await drawn('#unknown'));
  await tab.close();
});

test('the browser obeys our security headers', async () => {
  const tab = await browser.newPage();
  await tab.goto(url);
  expect(await tab.title()).toBe('sans script');
  await tab.close();
});
