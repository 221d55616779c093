import { createPrivateKey, sign } from 'node:crypto';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { leafHash, MOST_SIGNED_TOGETHER, signTogether } from '#journal/verify';
import { sha256 } from '#platform/crypto/hashes.ts';
import type { PrivateJwk } from '#platform/crypto/keys.ts';

/** An entry that is there: its leaf, and of its row of the index what each copy says otherwise. */
export type Template = { logId: number; leaf: string; id: string; t: string } & Who;

type Who = {
  result: string;
  aidantId: string | null;
  organisationId: string | null;
  usagerId: string | null;
  mandateId: string | null;
};

/** An entry like its template, `turn`: signed, not sealed yet. */
export type Copy = Who & {
  turn: number;
  logId: number;
  id: string;
  leaf: Buffer;
  leafHash: Uint8Array;
  signature: Uint8Array;
};

export type Crowd = { entries: number; structures: number; aidants: number; usagers: number };

/** In milliseconds. */
const APART = 2_000;
const NONE = new Uint8Array();
const TURN = 16 * MOST_SIGNED_TOGETHER;

/** The id of the structure, aidant, usager or mandate of this rank: `kind` keeps them apart. */
export function bulkId(kind: string, rank: number): string {
  return `0195f3a0-000${kind}-7000-8000-${rank.toString(16).padStart(12, '0')}`;
}

/**
 * Makes the copies numbered from `first` to `last`, of `crowd.entries` in all: two seconds apart, up to `end` (milliseconds
 * since 1970), by aidants of structures for usagers who are spread by multiplication, so that one person's entries lie
 * anywhere; one in five hundred is refused. The node signs them as it does those that are written at the same time.
 */
export function copier(templates: readonly Template[], node: PrivateJwk, crowd: Crowd, end: number) {
  const key = createPrivateKey({ key: node, format: 'jwk' });
  return async (first: number, last: number): Promise<Copy[]> => {
    const copies: Copy[] = [];
    for (let at = first; at <= last; at += MOST_SIGNED_TOGETHER) {
      if (at % TURN === 1) await nextTurn(); // the connections to the database go on meanwhile
      const made = Array.from({ length: Math.min(MOST_SIGNED_TOGETHER, last + 1 - at) }, (_, index) =>
        copyOf(templates, at + index, crowd, end),
      );
      const leaves = made.map(({ leaf }) => leaf);
      const signatures = signTogether(sha256, leaves, (message) => sign(null, message, key));
      for (const [index, copy] of made.entries()) copies.push({ ...copy, signature: signatures[index] ?? NONE });
    }
    return copies;
  };
}

function copyOf(templates: readonly Template[], n: number, crowd: Crowd, end: number): Omit<Copy, 'signature'> {
  const turn = (n + Math.floor(n / crowd.aidants)) % templates.length; // each aidant does a bit of everything
  const template = templates[turn] as Template;
  const written = end - (crowd.entries - n) * APART;
  const id = idOf(written, n);
  const aidant = 1 + ((n * 7919) % crowd.aidants);
  const who: Who = {
    result: n % 500 === 0 ? 'refused' : template.result,
    aidantId: template.aidantId && bulkId('4', aidant),
    organisationId: template.organisationId && bulkId('3', 1 + ((aidant - 1) % crowd.structures)),
    usagerId: template.usagerId && bulkId('1', (n * 104729) % crowd.usagers),
    mandateId: template.mandateId && bulkId('2', n),
  };
  const text = template.leaf
    .replaceAll(template.id, id)
    .replace(`"t":"${template.t}"`, `"t":"${new Date(written).toISOString().replace('Z', '000Z')}"`)
    .replace(`"r":"${template.result}"`, `"r":"${who.result}"`)
    .replaceAll(template.aidantId ?? NOBODY, who.aidantId ?? NOBODY)
    .replaceAll(template.organisationId ?? NOBODY, who.organisationId ?? NOBODY);
  const leaf = Buffer.from(text);
  return { ...who, turn, logId: template.logId, id, leaf, leafHash: leafHash(sha256, leaf) };
}

/** Stands in no leaf. */
const NOBODY = '\u0000';

/** Ids say when (UUIDv7). */
function idOf(written: number, n: number): string {
  const [time, rank] = [written.toString(16).padStart(12, '0'), n.toString(16).padStart(15, '0')];
  return `${time.slice(0, 8)}-${time.slice(8)}-7000-8${rank.slice(0, 3)}-${rank.slice(3)}`;
}
