import { afterAll, beforeAll, expect, test } from 'vitest';
import { linesOf, readConsentText, readTerms } from '#consent';
import { sha256 } from '#platform/crypto/hashes.ts';
import { addPerson } from '#support/people.ts';
import { type ConcludeWorld, concludeWorld, draft, draftRow, hidden } from '../mandate/conclude-support.ts';

let world: ConcludeWorld;

beforeAll(async () => {
  world = await concludeWorld();
});
afterAll(() => world.close());

/** Whoever leaves for FranceConnect here does not come back: a counter and an aidant for each test. */
const newDesk = async () => world.at(await addPerson(world, { organisationIds: [world.structure.id] }));

const ENTITIES: Record<string, string> = { '&amp;': '&', '&lt;': '<', '&gt;': '>', '&quot;': '"', '&#x27;': "'" };

/** What a reader sees of a piece of markup, with single spaces. */
function visible(html: string): string {
  return html
    .replace(/<(input|meta)[^>]*>/g, '')
    .replace(/<\/?(h1|h2|p|li|ul|section|article|form|div|button|br)[^>]*>/g, ' ')
    .replace(/<[^>]+>/g, '')
    .replace(/&(amp|lt|gt|quot|#x27);/g, (entity) => ENTITIES[entity] ?? entity)
    .replace(/\s+/g, ' ')
    .trim();
}

test.each([[['famille']], [['argent', 'papiers', 'justice']]])(
  'what is hashed is what is on the screen, to the letter: %s',
  async (themes) => {
    const desk = await newDesk();
    const id = await desk.open();
    await desk.choose(id, { themes, duration: 'SEMESTER' });
    const page = await desk.agent.get(draft(id, '/accord'));
    const article = /<article id="accord">(.*)<\/article>/s.exec(page.text)?.[1] ?? '';
    await desk.sayYes(id);
    const { shownTexts, terms } = await draftRow(world, id);
    const text = readConsentText(shownTexts ?? '');
    expect(visible(article)).toBe(linesOf(text).join(' ').replace(/\s+/g, ' '));
    const hash = sha256(shownTexts ?? '').toString('hex');
    expect(readTerms(terms ?? '').text.sha256).toBe(hash);
    expect(hidden(page, 'text')).toBe(hash);
  },
);

test('the page is the usager’s: no menu, no name of the service’s pages, FranceConnect’s button says the whole answer', async () => {
  const desk = await newDesk();
  const id = await desk.open();
  await desk.choose(id);
  const { text } = await desk.agent.get(draft(id, '/accord'));
  expect(text).not.toContain('Mes mandats');
  const button = visible(/<button[^>]*class="fr-connect"[^>]*>(.*?)<\/button>/s.exec(text)?.[1] ?? '');
  expect(button).toBe(
    'Oui, j’autorise la structure CCAS d’Arras\u00a0: m’identifier avec FranceConnect'.replace(/\s/g, ' '),
  );
});
