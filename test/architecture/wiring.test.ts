import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { events, jobs } from '#app/wiring.ts';
import { journalRegistry } from '#journal';
import { projectRoot } from '#platform/root.ts';
import { sourcesUnder, textOf } from './sources.ts';

const sources = sourcesUnder('src').filter(({ path }) => !/\.test\.tsx?$/.test(path));
const all = sources.map(({ text }) => text).join('\n');

/** A task as it is written: the text itself, or the constant that holds it. */
function named(written: string): string {
  const literal = /^'([^']+)'$/.exec(written)?.[1];
  if (literal) return literal;
  const constant = new RegExp(`const ${written}\\b[^=]*= '([^']+)'`).exec(all)?.[1];
  if (!constant) throw new Error(`no constant ${written}`);
  return constant;
}

const found = (pattern: RegExp) => [...all.matchAll(pattern)].map(([, one = '']) => one);

describe('the journal', () => {
  test('every kind that is defined is gathered, and makes one registry', () => {
    const defined = found(/defineEvent\(\{\s*kind: '([^']+)'/g);
    expect(defined.length).toBe(all.split('defineEvent({').length - 1);
    expect(events.map(({ kind }) => kind).sort()).toEqual(defined.sort());
    expect(() => journalRegistry(events)).not.toThrow();
  });
});

describe('the queue', () => {
  const known = jobs.map(({ task }) => task).sort();
  const closedList = () => {
    const lists = [...migrations().matchAll(/task not in \(([^)]+)\)/g)].map(([, list = '']) => list);
    return [...(lists.at(-1) ?? '').matchAll(/'([^']+)'/g)].map(([, task]) => task);
  };

  test('every job that is written is gathered, once', () => {
    const written = found(/\btask: ('[^']+'|[A-Z][A-Z_]+),/g).map(named);
    expect(written.sort()).toEqual(known);
    expect(new Set(known).size).toBe(known.length);
  });

  test('whatever is put in the queue has a job, and is in the closed list of the database', () => {
    const enqueued = found(/\benqueue\((?:trx|[a-z]+), ('[^']+'|[A-Z][A-Z_]+),/g).map(named);
    expect(enqueued.length).toBe(found(/\b(enqueue)\((?:trx|db), /g).length);
    expect([...new Set(enqueued)].sort()).toEqual([...closedList()].sort());
    for (const task of enqueued) expect(known).toContain(task);
  });

  test('a job is asked for by an act, or by the hour', () => {
    const hourly = jobs.filter(({ cron }) => cron).map(({ task }) => task);
    expect([...hourly, ...closedList()].sort()).toEqual(known);
  });
});

function migrations(): string {
  const folder = join(projectRoot(), 'migrations');
  const names = readdirSync(folder).filter((name) => name.endsWith('.sql'));
  return names
    .sort()
    .map((name) => readFileSync(join(folder, name), 'utf8'))
    .join('\n');
}

/** Codes that people read on a page and that the log keeps: they do not change. A new one gets its line here. */
const CODES: Readonly<Record<string, number>> = {
  'adresse-de-retour-inconnue': 400,
  'base-indisponible': 503,
  'demande-illisible': 400,
  'demande-trop-longue': 400,
  'formulaire-non-verifie': 403,
  introuvable: 404,
  'limite-arret-adresse': 429,
  'limite-arret-numero': 429,
  'limite-arret-numero-adresse': 429,
  'limite-code': 429,
  'limite-code-court-adresse': 429,
  'limite-connexion-adresse': 429,
  'limite-connexion-compte': 429,
  'limite-connexion-compte-adresse': 429,
  'limite-courriel-de-connexion': 429,
  'limite-lien-adresse': 429,
  'limite-preparations': 429,
  'limite-renvoi-adresse': 429,
  'limite-reprise-adresse': 429,
  'limite-verification': 429,
  'mandat-altere': 500,
  'ne-peut-plus-conclure': 403,
  panne: 500,
  'partenaire-inconnu': 400,
};

describe('error codes', () => {
  test('are these, each with one status', () => {
    const thrown = [
      ...all.matchAll(/new HttpError\((\d{3}), '([^']+)'/g),
      ...textOf('src/app/app.ts').matchAll(/status: (\d{3}), code: '([^']+)'/g),
    ].map(([, status, code]) => `${code} ${status}`);
    const limits = [
      ...found(/\b(?:RateLimit|AttemptLimit) = \{\s*name: '([^']+)'/g),
      ...found(/\bbyAddress\('([^']+)'/g),
    ].map((name) => `limite-${name} 429`);
    const unreadable = 'demande-illisible 400'; // the parser's own status, see describe() of app.ts
    const codes = Object.entries(CODES).map(([code, status]) => `${code} ${status}`);
    expect([...new Set([...thrown, ...limits, unreadable])].sort()).toEqual(codes.sort());
  });
});
