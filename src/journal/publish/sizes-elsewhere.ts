import type { Sealing } from '#platform/config/config.ts';
import type { AppContext } from '#platform/context.ts';
import type { LogName } from '../event.ts';
import type { KnownSize } from '../seal/head.rules.ts';
import { originOf } from '../seal/log.ts';
import { parseCheckpoint, parseNote } from '../verify/index.ts';
import { type Address, fetchCheckpoint } from './ask.ts';
import { readWitnesses } from './log-policy.ts';

/**
 * How far the signer and each witness have seen a log, as they say it themselves: what a database that was taken back to an
 * older state does not know any more. Whoever does not answer is left out, and so are witnesses that tell no monitor.
 */
export async function sizesElsewhere(
  ctx: Pick<AppContext, 'config'>,
  log: LogName,
  sealing: Pick<Sealing, 'signerUrl' | 'signerToken'>,
): Promise<KnownSize[]> {
  const witnesses = readWitnesses(ctx)?.witnesses ?? [];
  const asked: { who: string; address: Address }[] = [
    { who: 'the signer', address: { url: sealing.signerUrl, token: sealing.signerToken } },
    ...witnesses.flatMap(({ vkey, url }) => (url ? [{ who: `the witness ${vkey.name}`, address: { url } }] : [])),
  ];
  const origin = originOf(ctx, log);
  const known = await Promise.all(
    asked.map(async ({ who, address }) => {
      const size = sizeOf(await fetchCheckpoint(address, origin), origin);
      return size === undefined ? [] : [{ who, size }];
    }),
  );
  return known.flat();
}

function sizeOf(note: string | null | undefined, origin: string): bigint | undefined {
  if (!note) return note === null ? 0n : undefined;
  const parsed = parseNote(note);
  const read = parsed.ok ? parseCheckpoint(parsed.note.text) : parsed;
  return read.ok && read.checkpoint.origin === origin ? read.checkpoint.size : undefined;
}
