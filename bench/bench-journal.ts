import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** How a measured program is told of its journal: sealed by nobody. */
export function benchJournal(): Record<string, string> {
  const file = join(mkdtempSync(join(tmpdir(), 'entremise-bench-')), 'witnesses.txt');
  writeFileSync(file, 'quorum none\n');
  return { JOURNAL_ORIGIN: 'journal.bench.example', JOURNAL_WITNESSES: file };
}
