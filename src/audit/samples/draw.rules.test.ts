import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { projectRoot } from '#platform/root.ts';
import { parisDay } from '#platform/time/paris.ts';
import { drawnPositions, drawPositions, type Population, seedOf, seedText, structuresHash } from './draw.rules.ts';
import { drawableMonths, isPeriod, monthsBefore, periodBounds, periodInWords } from './period.rules.ts';

type Vector = {
  period: string;
  scope: string;
  population: Population;
  populationSize: number;
  seed: string;
  steps: number;
  positions: number[];
};

// computed by another program, in another language, from the text of the page: never edited
const { root, cosignatures, vectors } = JSON.parse(
  readFileSync(join(projectRoot(), 'test/slices/audit/files-samples/draw-vectors.json'), 'utf8'),
) as { root: string; cosignatures: string[]; vectors: Vector[] };

const published = {
  root: Buffer.from(root, 'hex'),
  cosignatures: cosignatures.map((one) => Buffer.from(one, 'hex')),
};

describe('the draw', () => {
  test.each(vectors)('$period $scope $population of $populationSize', (vector) => {
    const seed = seedOf({ ...vector, ...published });
    expect(seedOf({ ...vector, ...published, cosignatures: published.cosignatures.toReversed() })).toEqual(seed);
    expect(seed.toString('hex')).toBe(vector.seed);
    const draws = drawPositions(seed, vector.populationSize);
    expect(draws).toHaveLength(vector.steps);
    expect(drawnPositions(draws)).toEqual(vector.positions);
  });

  test('another root, cosignature, month, place or population draws otherwise', () => {
    const inputs = {
      root: Buffer.alloc(32, 1),
      cosignatures: [Buffer.alloc(72, 1), Buffer.alloc(72, 2)],
      period: '2026-10',
      scope: 'departement:62',
      population: 'mandats',
    } as const;
    const seeds = [
      inputs,
      { ...inputs, root: Buffer.alloc(32, 2) },
      { ...inputs, cosignatures: [Buffer.alloc(72, 1), Buffer.alloc(72, 3)] },
      { ...inputs, cosignatures: [Buffer.alloc(72, 1)] },
      { ...inputs, period: '2026-09' },
      { ...inputs, scope: 'departement:59' },
      { ...inputs, population: 'connexions' } as const,
      { ...inputs, isTrial: true },
    ].map((one) => seedOf(one).toString('hex'));
    expect(new Set(seeds).size).toBe(8);
    expect(seedText(inputs)).toBe('entremise sample v2\n2026-10\ndepartement:62\nmandats\n');
  });

  test('every position is as likely as another, and none comes out twice', () => {
    const hits = new Array<number>(50).fill(0);
    for (let round = 0; round < 2000; round += 1) {
      const seed = seedOf({
        root: Buffer.alloc(32, round % 256),
        cosignatures: [],
        period: '2026-10',
        scope: `structure:${round}`,
        population: 'mandats',
      });
      const positions = drawnPositions(drawPositions(seed, 50));
      expect(new Set(positions).size).toBe(20);
      for (const position of positions) hits[position] = (hits[position] ?? 0) + 1;
    }
    // 2 000 × 20 / 50 = 800 expected, standard deviation 22
    expect(Math.min(...hits)).toBeGreaterThan(680);
    expect(Math.max(...hits)).toBeLessThan(920);
  });

  test('the hash of structures does not depend on their order', () => {
    expect(structuresHash(['b', 'a'])).toBe(structuresHash(['a', 'b']));
    expect(structuresHash(['ab'])).not.toBe(structuresHash(['a', 'b']));
  });
});

describe('a month', () => {
  test('begins and ends at midnight in Paris, whatever the hour is in London', () => {
    for (let month = 1; month <= 12; month += 1) {
      const period = `2026-${String(month).padStart(2, '0')}`;
      const { start, end } = periodBounds(period);
      expect(parisDay(start)).toBe(`${period}-01`);
      expect(parisDay(new Date(start.getTime() - 1))).not.toContain(period);
      expect(parisDay(new Date(end.getTime() - 1))).toContain(period);
      expect(parisDay(end).endsWith('-01')).toBe(true);
    }
    expect(periodBounds('2026-12').end.toISOString()).toBe('2026-12-31T23:00:00.000Z');
    expect(periodBounds('2026-06').start.toISOString()).toBe('2026-05-31T22:00:00.000Z');
  });

  test.each(['2026-13', '2026-00', '2026-1', '1999-01', '2026-10-01', '', 'x', '99999-01'])(
    '« %s » is none',
    (text) => {
      expect(isPeriod(text)).toBe(false);
    },
  );

  test('can be drawn once it is over, from the one in which the journal began', () => {
    const now = new Date('2026-11-22T09:00:00Z');
    expect(drawableMonths(now, now)).toEqual([]);
    expect(drawableMonths(null, now)).toEqual([]);
    expect(drawableMonths(new Date('2026-09-30T21:59:59Z'), now)).toEqual(['2026-10', '2026-09']);
    expect(drawableMonths(new Date('2026-09-30T22:00:00Z'), now)).toEqual(['2026-10']);
  });

  test('is said in words, and those that are over are listed, newest first', () => {
    expect(periodInWords('2026-02')).toBe('février 2026');
    expect(monthsBefore(new Date('2026-03-01T00:00:00Z'), 3)).toEqual(['2026-02', '2026-01', '2025-12']);
    expect(monthsBefore(new Date('2026-02-28T22:59:59Z'), 1)).toEqual(['2026-01']);
    expect(monthsBefore(new Date('2026-02-28T23:00:00Z'), 1)).toEqual(['2026-02']);
  });
});
