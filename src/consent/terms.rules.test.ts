import { createHash, randomBytes } from 'node:crypto';
import canonicalize from 'canonicalize';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { themes } from '#organisation';
import { consentText, linesOf } from './consent-text.rules.ts';
import { nonceOf, readTerms, termsOf } from './terms.rules.ts';
import type { AccordFacts } from './texts/accord-1.ts';

const facts = (more: Partial<AccordFacts> = {}): AccordFacts => ({
  structure: { name: 'CCAS d’Arras', city: 'Arras', phone: '03 21 50 50 50' },
  aidantName: 'Claire Martin',
  themes: themes.filter(({ key }) => key === 'famille'),
  durationWords: '31\u00a0jours',
  latestEnd: 'jeudi 24 décembre 2026 à 9\u00a0h\u00a041',
  stopAddress: 'entremise.example/revoquer',
  operator: { name: 'Département d’essai', email: 'aide@entremise.example', phone: '03 21 00 00 00' },
  ...more,
});
const organisation = { id: '018f3a3a-0000-7000-8000-000000000000', name: 'CCAS d’Arras', siret: '21620041000017' };
const terms = (more: Partial<{ themes: string[]; duration: string }> = {}) =>
  termsOf(organisation, { themes: ['famille'], duration: 'MONTH', ...more }, consentText(facts()));

describe('the terms', () => {
  test('the nonce is base64url(SHA-256(JCS(terms) ‖ salt)), as anyone can compute it', () => {
    const salt = randomBytes(32);
    const expected = createHash('sha256')
      .update(canonicalize(terms()) as string)
      .update(salt)
      .digest('base64url');
    expect(nonceOf(terms(), salt)).toBe(expected);
    expect(expected).toHaveLength(43);
  });

  test('the order in which themes were ticked is nothing; anything else is another nonce', () => {
    const salt = randomBytes(32);
    const both = nonceOf(terms({ themes: ['famille', 'argent'] }), salt);
    expect(nonceOf(terms({ themes: ['argent', 'famille'] }), salt)).toBe(both);
    const others = [
      nonceOf(terms(), salt),
      nonceOf(terms({ themes: ['famille', 'argent'], duration: 'LONG' }), salt),
      nonceOf(terms({ themes: ['famille', 'argent'] }), randomBytes(32)),
      nonceOf({ ...terms({ themes: ['famille', 'argent'] }), organisation: { ...organisation, name: 'Autre' } }, salt),
    ];
    for (const other of others) expect(other).not.toBe(both);
  });

  test('they are read back as they were written, and nothing else is', () => {
    expect(readTerms(canonicalize(terms()) as string)).toEqual(terms());
    for (const wrong of ['{}', 'null', JSON.stringify({ ...terms(), more: 1 }), JSON.stringify({ ...terms(), v: 2 })]) {
      expect(() => readTerms(wrong)).toThrow();
    }
    expect(() => nonceOf(terms(), randomBytes(16))).toThrow('32 bytes');
  });

  test('one changed letter of what is shown changes the terms', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', minLength: 1 }), (name) => {
        const structure = { ...facts().structure, name };
        const shown = termsOf(
          organisation,
          { themes: ['famille'], duration: 'MONTH' },
          consentText(facts({ structure })),
        );
        return name.normalize('NFC') === 'CCAS d’Arras' || shown.text.sha256 !== terms().text.sha256;
      }),
    );
  });
});

describe('the text', () => {
  const every = () => linesOf(consentText(facts({ themes }))).join('\n');

  test('says who, what for, until when, how to stop, who may not, what is written', () => {
    for (const words of [
      'J’autorise la structure CCAS d’Arras (Arras)',
      'Allocations familiales',
      'au plus tard le jeudi 24 décembre 2026 à 9\u00a0h\u00a041',
      'entremise.example/revoquer',
      '03\u00a021\u00a050\u00a050\u00a050',
      'ni tutelle, ni curatelle, ni sauvegarde de justice',
      'Personne ne me demande d’argent',
      'Entremise ne peut pas le vérifier',
    ]) {
      expect(every()).toContain(words);
    }
  });

  test('warns of over-indebtedness only where the theme is', () => {
    expect(every()).toContain('surendettement\u00a0: on peut m’aider');
    expect(linesOf(consentText(facts())).join('\n')).not.toContain('surendettement');
  });

  test('has short sentences: 30 words at most, 11 on average', () => {
    const text = consentText(facts({ themes: [] }));
    const sentences = linesOf(text)
      .flatMap((line) => line.split(/(?<=[.?!])\s/))
      .map((sentence) => sentence.split(/[\s\u00a0]+/).filter((word) => /\p{L}|\d/u.test(word)).length);
    expect(Math.max(...sentences)).toBeLessThanOrEqual(30);
    expect(sentences.reduce((sum, words) => sum + words, 0) / sentences.length).toBeLessThan(11);
  });

  test('has French spaces before double signs', () => {
    for (const line of linesOf(consentText(facts({ themes }))))
      expect(line).not.toMatch(/[^\s\u00a0][:;?!](\s|$)| [:;?!]/);
  });
});
