import { sha256 } from '#platform/crypto/hashes.ts';
import type { LogName } from '../event.ts';
import { leafHash } from '../verify/index.ts';
import { entryChecker } from './check-entries.ts';
import type { Rogue } from './quarantine.ts';
import type { Candidate } from './unsealed.queries.ts';

type Hashed = Candidate & { hash: Uint8Array };

/** Of the entries that were looked at, in their order: those to be sealed, and those to be put aside. */
export type Looked = { ours: readonly Hashed[]; rogues: readonly Rogue[] };

/**
 * Looks at entries in order to seal them. They may be added bit by bit: what was added is verified in other threads while the
 * caller fetches more. `all` waits for all of them; those that were done with before are in neither list.
 */
export function lookAtCandidates(log: LogName): {
  add(entries: readonly Candidate[]): void;
  all(): Promise<Looked>;
} {
  const checker = entryChecker(log);
  const looked: Hashed[] = [];
  return {
    add(entries) {
      const hashed = entries.map((entry) => ({ ...entry, hash: leafHash(sha256, entry.leaf) }));
      const open = hashed.filter((entry) => !isDone(entry));
      checker.look(open);
      looked.push(...open);
    },
    async all() {
      const reasons = await checker.reasons();
      const ours = looked.filter((_, index) => !reasons[index]);
      const rogues = looked.flatMap(({ id, recordedAt }, index) => {
        const reason = reasons[index];
        return reason ? [{ id, recordedAt, reason }] : [];
      });
      return { ours, rogues };
    },
  };
}

/**
 * Sealed before, by these very bytes, or put aside. Other bytes under an id that was sealed are looked at: they are a
 * stranger's.
 */
function isDone({ hash, sealedHash, isAside }: Hashed): boolean {
  return isAside || sealedHash?.equals(hash) === true;
}
