import { sha256 } from '#platform/crypto/hashes.ts';

/** What a sample is drawn from: mandates that were concluded, or identities that were given to FranceConnect. */
export const POPULATIONS = ['mandats', 'connexions'] as const;
export type Population = (typeof POPULATIONS)[number];

/** The kind of entry that stands for one member of a population. */
export const POPULATION_KIND: Readonly<Record<Population, string>> = {
  mandats: 'mandate.concluded',
  connexions: 'use.identity-given',
};

/** How many are drawn, or all of them when there are fewer: nobody chooses it. */
const SAMPLE_SIZE = 20;

/**
 * `scope` is `structure:<uuid>` or `departement:<code>`; `period` a month, `YYYY-MM`; `root` the 32 bytes of the checkpoint.
 * `cosignatures`: of the published checkpoint, those of the witnesses of the policy, in any order; of each the 72 bytes that
 * follow the key's id (time and signature: C2SP tlog-cosignature).
 */
export type SampleInputs = {
  root: Uint8Array;
  cosignatures: readonly Uint8Array[];
  period: string;
  scope: string;
  population: Population;
  /** A try, which counts for nothing: its text is another, so that it never draws what the sample will. */
  isTrial?: boolean;
};

/** The text that ends what is hashed. The first line says which algorithm it is: another one has another line. */
export function seedText({ period, scope, population, isTrial }: Omit<SampleInputs, 'root' | 'cosignatures'>): string {
  return `entremise sample ${isTrial ? 'trial' : 'v2'}\n${period}\n${scope}\n${population}\n`;
}

/**
 * SHA-256(root ‖ cosignatures in the order of their bytes ‖ UTF-8(seedText)): known to nobody before the witnesses have signed, so
 * that who writes the last entries cannot compute ahead what they would give; the same for everybody after.
 */
export function seedOf(inputs: SampleInputs): Buffer {
  const sorted = inputs.cosignatures.toSorted((one, other) => Buffer.compare(one, other));
  return sha256(Buffer.concat([inputs.root, ...sorted, Buffer.from(seedText(inputs))]));
}

/** One step of the draw. `position` is null when the number is refused: beyond the limit, or drawn already. */
export type Draw = { counter: number; value: bigint; position: number | null };

const WORDS = 2n ** 64n;

/**
 * Draws distinct positions 0..populationSize − 1. For counter 0, 1, 2…: the first 8 bytes of SHA-256(seed ‖ counter), counter
 * and number in 64 bits, big-endian. A number at or above the largest multiple of `populationSize` below 2^64 is refused, so
 * that no position is likelier than another; else its remainder is the position, unless it came out already.
 */
export function drawPositions(seed: Uint8Array, populationSize: number, wanted = SAMPLE_SIZE): Draw[] {
  const size = BigInt(populationSize);
  const limit = size === 0n ? 0n : WORDS - (WORDS % size);
  const draws: Draw[] = [];
  const drawn = new Set<number>();
  for (let counter = 0; drawn.size < Math.min(wanted, populationSize); counter += 1) {
    const value = numberAt(seed, counter);
    const position = value < limit ? Number(value % size) : null;
    const isNew = position !== null && !drawn.has(position);
    if (isNew) drawn.add(position);
    draws.push({ counter, value, position: isNew ? position : null });
  }
  return draws;
}

function numberAt(seed: Uint8Array, counter: number): bigint {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64BE(BigInt(counter));
  return sha256(Buffer.concat([seed, bytes])).readBigUInt64BE();
}

/** The positions that came out, in the order of the draw. */
export function drawnPositions(draws: readonly Draw[]): number[] {
  return draws.flatMap(({ position }) => (position === null ? [] : [position]));
}

/** The hash of a list of structures: SHA-256 of their ids in ascending order, one a line, as base64url. */
export function structuresHash(ids: readonly string[]): string {
  return sha256(
    ids
      .toSorted()
      .map((id) => `${id}\n`)
      .join(''),
  ).toString('base64url');
}
