import { describe, expect, test } from 'vitest';
import { events } from '#app/wiring.ts';
import { sourcesUnder, textOf } from './sources.ts';

// docs/journal-contents.md says, kind by kind, what a line reveals: a new kind, or a new member of one, must be told there.

const text = textOf('docs/journal-contents.md');
const names = (cell: string) => [...cell.matchAll(/`([^`]+)`/g)].map(([, name = '']) => name);
const rowsOf = (log: string) =>
  (text.split(`## Journal \`${log}\``)[1]?.split('\n## ')[0] ?? '').split('\n').flatMap((line) => {
    const [, kind, says, clear, apart, kept] = /^\| `([^`]+)` \| (.+) \| (.+) \| (.+) \| (\S+) \|$/.exec(line) ?? [];
    return kind ? [{ kind, says, clear: names(clear ?? ''), apart: names(apart ?? ''), kept }] : [];
  });
const told = { actes: rowsOf('actes'), acces: rowsOf('acces') };
const all = [...told.actes, ...told.acces];

describe('docs/journal-contents.md', () => {
  test('tells every kind of entry, in its log, once, and no other', () => {
    for (const log of ['actes', 'acces'] as const) {
      const kinds = events.filter((event) => event.log === log).map(({ kind }) => kind);
      expect(told[log].map(({ kind }) => kind)).toEqual(expect.arrayContaining([...new Set(kinds)]));
    }
    const written = sourcesUnder('src').flatMap((source) => [
      ...source.text.matchAll(/defineEvent\(\{\s*kind: '([^']+)'/g),
    ]);
    const defined = new Set(written.map(([, kind]) => kind));
    expect(all.filter(({ kind }) => !defined.has(kind)).map(({ kind }) => kind)).toEqual([]);
    expect(new Set(all.map(({ kind }) => kind)).size).toBe(all.length);
  });

  test.each(events.map((event) => [`${event.kind}@${event.version}`, event] as const))(
    '%s: what is in clear, what is sealed apart',
    (_, event) => {
      const row = all.find(({ kind }) => kind === event.kind);
      expect(row?.clear).toEqual(Object.keys(event.clear.shape));
      expect(row?.apart).toEqual([...event.committed]);
    },
  );

  test('says for how long each kind is kept, by a period that the page explains; all of `acces` for the same time', () => {
    const periods = [...text.matchAll(/^\| (dossier|compte|technique|audit|accès) \|/gm)].map(([, name]) => name);
    expect(all.filter(({ kept }) => !periods.includes(kept ?? '')).map(({ kind }) => kind)).toEqual([]);
    expect(new Set(told.acces.map(({ kept }) => kept))).toEqual(new Set(['accès']));
    expect(told.actes.some(({ kept }) => kept === 'accès')).toBe(false);
    expect(all.filter(({ says }) => (says ?? '').length < 15)).toEqual([]);
  });
});
