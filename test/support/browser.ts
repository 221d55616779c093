import { existsSync } from 'node:fs';
import { type Browser, chromium } from 'playwright-core';
import { unpackedChromium } from './unpacked-chromium.ts';

const installed = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome-stable',
  '/usr/bin/google-chrome',
  '/snap/bin/chromium',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
];

// Nothing that leaves this machine, nothing that asks, nothing that draws with a graphics card.
const quiet = [
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/**
 * A headless Chromium, to be closed by the caller: the one of CHROMIUM_PATH, else one installed on this machine, else the
 * one that npm brought (@sparticuz/chromium, Linux). Its web security is left as it is: journeys rely on it.
 */
export async function launchBrowser(): Promise<Browser> {
  const { executablePath, env } = await findChromium();
  const sandbox = process.getuid?.() === 0 ? ['--no-sandbox'] : [];
  return chromium.launch({
    executablePath,
    args: [...quiet, ...sandbox],
    env: { ...strings(process.env), ...env },
    timeout: 180_000,
  });
}

async function findChromium(): Promise<{ executablePath: string; env: Record<string, string> }> {
  const executablePath = process.env.CHROMIUM_PATH || installed.find((path) => existsSync(path));
  return executablePath ? { executablePath, env: {} } : unpackedChromium();
}

function strings(variables: NodeJS.ProcessEnv): Record<string, string> {
  return Object.fromEntries(
    Object.entries(variables).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
}
