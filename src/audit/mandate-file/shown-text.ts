import { readSnapshot, readTerms, type Snapshot, type Verdict } from '#consent';
import { canonicalJson } from '#platform/crypto/canonical-json.ts';
import { sha256 } from '#platform/crypto/hashes.ts';
import type { ConclusionTold } from './life.rules.ts';

/** The copy of a mandate against what its conclusion committed to. `snapshot` is absent when it must not be believed. */
export type CheckedSnapshot = {
  snapshot: Snapshot | undefined;
  /** SHA-256 of the copy, as computed now, and as the leaf committed to it (hexadecimal). */
  copy: Comparison;
  /** The same for the text the person was shown. */
  text: Comparison;
  /** Of the text alone: its hash is named by the terms whose hash FranceConnect signed. */
  namedByTerms: boolean;
};
export type Comparison = { verdict: Verdict; computed: string | null; committed: string | null };

/**
 * Computes again the hash of the stored copy and of the text in it, and compares each with what the leaf of the conclusion
 * opened. Without what was committed (erased, or no conclusion) nothing is verified; with another hash nothing is shown.
 */
export function checkSnapshotAgainst(stored: string, conclusion: ConclusionTold | undefined): CheckedSnapshot {
  const copy = compared(sha256(stored).toString('hex'), conclusion?.opened.snapshot);
  const snapshot = copy.verdict === 'fail' ? undefined : readable(stored);
  const shown = snapshot && sha256(canonicalJson(snapshot.text)).toString('hex');
  return {
    snapshot,
    copy,
    text: compared(shown ?? null, conclusion?.opened.shownTexts),
    namedByTerms: snapshot !== undefined && namesText(snapshot.terms, shown),
  };
}

function compared(computed: string | null, committed: string | undefined): Comparison {
  if (committed === undefined || computed === null) {
    return { verdict: 'unverifiable', computed, committed: committed ?? null };
  }
  return { verdict: computed === committed ? 'pass' : 'fail', computed, committed };
}

function readable(stored: string): Snapshot | undefined {
  try {
    return readSnapshot(stored);
  } catch {
    return undefined;
  }
}

function namesText(terms: string, hash: string | undefined): boolean {
  try {
    return readTerms(terms).text.sha256 === hash;
  } catch {
    return false;
  }
}
