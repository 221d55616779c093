import { fromBase64, readDecimal, toBase64 } from './bytes.ts';
import { parseNote } from './note.ts';

/** A tree head as it is signed. `extensions`: lines after the root, opaque; ours have none. */
export type Checkpoint = { origin: string; size: bigint; root: Uint8Array; extensions: string[] };

export type CheckpointFault = 'bad-origin' | 'bad-size' | 'bad-root' | 'bad-extension';

/** The text to sign for a tree head (C2SP tlog-checkpoint, Note text): origin, size and root, each line ended. */
export function checkpointText({ origin, size, root }: { origin: string; size: bigint; root: Uint8Array }): string {
  return `${origin}\n${size}\n${toBase64(root)}\n`;
}

/** Reads the text of a note as a tree head. */
export function parseCheckpoint(
  noteText: string,
): { ok: true; checkpoint: Checkpoint } | { ok: false; fault: CheckpointFault } {
  const [origin = '', sizeLine = '', rootLine = '', ...extensions] = noteText.split('\n');
  const [size, root] = [readDecimal(sizeLine), fromBase64(rootLine)];
  if (origin === '') return { ok: false, fault: 'bad-origin' };
  if (size === undefined) return { ok: false, fault: 'bad-size' };
  if (root?.length !== 32) return { ok: false, fault: 'bad-root' };
  if (extensions.pop() !== '' || extensions.includes('')) return { ok: false, fault: 'bad-extension' };
  return { ok: true, checkpoint: { origin, size, root, extensions } };
}

/** The tree head in a signed note; undefined when it cannot be read. Says nothing of the signatures. */
export function checkpointOf(note: string | Uint8Array): Checkpoint | undefined {
  const parsed = parseNote(note);
  const read = parsed.ok ? parseCheckpoint(parsed.note.text) : undefined;
  return read?.ok ? read.checkpoint : undefined;
}
