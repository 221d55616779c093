import { z } from 'zod';
import { defineEvent, type EventKind } from '#journal';

const hash = z.string().regex(/^[\w-]{43}$/);

/**
 * A sample was drawn, once for its period, place and population. Whoever has the log and the checkpoint of this size draws the
 * same: `root` and `seed` (base64url), the structures (SHA-256 of their sorted ids, one a line), how many entries there were.
 */
export const sampleDrawn = defineEvent({
  kind: 'sample.drawn',
  log: 'actes',
  version: 1,
  clear: z.strictObject({
    auditor: z.uuid(),
    sample: z.uuid(),
    period: z.string().regex(/^\d{4}-\d{2}$/),
    scope: z.string().regex(/^(structure:[0-9a-f-]{36}|departement:[0-9][0-9AB][0-9]?)$/),
    population: z.string().regex(/^[a-z]{1,20}$/),
    size: z.int().min(1),
    root: hash,
    seed: hash,
    structures: hash,
    count: z.int().min(0),
    positions: z.array(z.int().min(0)).max(100),
  }),
  committed: [],
  sentence: ({ period, scope, population, count, positions }) => {
    const [, place = ''] = scope.split(':');
    const where = scope.startsWith('structure:') ? 'une structure' : `le département ${place}`;
    return `Un tirage a été fait pour ${where} (${population}, ${period})\u00a0: ${positions.length} sur ${count}.`;
  },
});

/** An auditor read what was drawn. */
export const sampleRead = defineEvent({
  kind: 'sample.read',
  log: 'acces',
  version: 1,
  clear: z.strictObject({ auditor: z.uuid(), sample: z.uuid() }),
  committed: [],
  sentence: () => 'Un auditeur a consulté un tirage.',
});

/** The list of what was drawn: places, months and who drew. */
export const samplesListed = defineEvent({
  kind: 'sample.listed',
  log: 'acces',
  version: 1,
  clear: z.strictObject({ auditor: z.uuid(), shown: z.int().min(0) }),
  committed: [],
  sentence: ({ shown }) => `Un auditeur a consulté la liste des tirages (${shown}).`,
});

/** An auditor tried what a draw is, on entries of the current month: nothing is kept of it but this. */
export const sampleTried = defineEvent({
  kind: 'sample.tried',
  log: 'acces',
  version: 1,
  clear: z.strictObject({
    auditor: z.uuid(),
    scope: z.string().regex(/^(structure:[0-9a-f-]{36}|departement:[0-9][0-9AB][0-9]?)$/),
    population: z.string().regex(/^[a-z]{1,20}$/),
    size: z.int().min(1),
    shown: z.int().min(0),
  }),
  committed: [],
  sentence: ({ shown }) =>
    `Un auditeur a essayé un tirage, qui ne compte pas\u00a0: ${shown} entrée${shown > 1 ? 's' : ''}.`,
});

export const sampleEvents: readonly EventKind[] = [sampleDrawn, sampleRead, samplesListed, sampleTried];
