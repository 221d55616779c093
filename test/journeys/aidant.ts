import type { Page } from 'playwright-core';
import { expect } from 'vitest';
import type { SeedAccount } from '#app/seed/seed.ts';
import { codeAt, secretFromBase32, stepAt } from '#identity';
import { axeOn } from '#support/axe.ts';
import type { Demo } from '#support/demo-world.ts';

/** A code is asked when it is typed: it is worth half a minute. */
export type Phone = { nextCode(): Promise<string> };

/**
 * The phone of an aidant. A code is accepted once, and the steps before and after the current one are accepted: two codes
 * in a row need no waiting; a third waits for its step. Never that of the step before, which may be over in a moment: each
 * one is good for half a minute at least.
 */
export function phoneOf(account: SeedAccount): Phone {
  const secret = secretFromBase32(account.totpSecret);
  let last = 0;
  return {
    async nextCode() {
      last = Math.max(last + 1, stepAt(new Date()));
      while (stepAt(new Date()) + 1 < last) await new Promise((resolve) => setTimeout(resolve, 500));
      return codeAt(secret, last);
    },
  };
}

/** RGAA and WCAG 2.2 AA, as far as a program can tell, and nothing that scrolls sideways. */
export async function expectAccessible(page: Page): Promise<void> {
  await page.waitForLoadState(); // a link that was pressed gives a page before its styles are there
  const { violations } = await axeOn(page)
    .withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'])
    .analyze();
  const found = violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 120)).join(' | ')}`);
  expect(found, page.url()).toEqual([]);
  const overflow = await page.evaluate(
    () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
  );
  expect(overflow, `sideways scroll at ${page.url()}`).toBeLessThanOrEqual(0);
  expect(await page.locator('h1').count(), page.url()).toBe(1);
}

/** Presses the only or the named button of the page, and waits for the page that answers: not for the one that is there. */
export async function press(page: Page, name: string | RegExp): Promise<void> {
  const answered = page.waitForEvent('framenavigated', (frame) => frame === page.mainFrame());
  await Promise.all([answered, page.getByRole('button', { name }).first().click()]);
  await page.waitForLoadState();
}

/** Ticks a box or chooses a button by the keyboard, as those do who have no mouse. */
export async function tick(page: Page, selector: string): Promise<void> {
  const input = page.locator(selector).first();
  await input.focus();
  await page.keyboard.press('Space');
  expect(await input.isChecked(), selector).toBe(true);
}

/** The newest mail to an address, once it has come; the test's own time is the limit. */
export async function mailTo(demo: Demo, address: string, subject: RegExp) {
  for (;;) {
    const found = demo.partners.mailCatcher
      .messages()
      .find((mail) => JSON.stringify(mail.to).includes(address) && subject.test(mail.subject));
    if (found) return found;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** Logs an aidant in, as they do: address and code, then the short code of the mail in the waiting page. */
export async function logIn(page: Page, demo: Demo, account: SeedAccount, phone: Phone): Promise<void> {
  await page.goto(`${demo.description.urls.app}/connexion`);
  await page.locator('input[name=email]').fill(account.email);
  await page.locator('input[name=code]').fill(await phone.nextCode());
  await press(page, /Recevoir/);
  const mail = await mailTo(demo, account.email, /connexion à Entremise/i);
  const shortCode = /^[0-9]{4}[\s\u00a0][0-9]{4}$/m.exec(mail.text)?.[0] ?? '';
  await page.locator('main input[type=text]').first().fill(shortCode);
  await press(page, /Me connecter/);
  demo.partners.mailCatcher.clear();
}
