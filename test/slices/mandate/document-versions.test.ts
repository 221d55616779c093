import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createElement } from 'react';
import { renderToStaticMarkup } from 'react-dom/server';
import { describe, expect, test } from 'vitest';
import { mandateDocument } from '../../../src/mandate/document/mandate-document.tsx';
import { wordsOf } from './follow-support.ts';

const FOLDER = join(import.meta.dirname, 'document-samples');
const samples = readdirSync(FOLDER).filter((file) => file.endsWith('.json'));

/**
 * What was signed on paper is what is shown for ever: each stored snapshot gives the words it gave then. A new wording is a
 * new version of the snapshot, with its own renderer and its own sample; these files are never edited.
 */
describe('documents of every version', () => {
  test.each(samples)('%s still reads as it was signed', async (file) => {
    const snapshot = readFileSync(join(FOLDER, file), 'utf8');
    const signed = readFileSync(join(FOLDER, file.replace('.json', '.txt')), 'utf8');
    const document = await mandateDocument(snapshot, { copy: 'usager', stopCode: '7KQ2X9MB04' });
    const words = wordsOf(
      renderToStaticMarkup(createElement('main', null, document)).replace(/<\/(p|li|h\d)>/g, '$&\n'),
    );
    expect(words.trim()).toBe(signed.replace(/\s+/g, ' ').trim());
  });

  test('there is one for each version', () => {
    expect(samples.length).toBeGreaterThan(0);
  });

  test('a version that never was is not shown', async () => {
    await expect(mandateDocument('{"v":99}', { copy: 'structure', stopCode: null })).rejects.toThrow('version 99');
  });
});
