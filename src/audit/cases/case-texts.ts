import type { AppContext } from '#platform/context.ts';
import { sha256 } from '#platform/crypto/hashes.ts';
import { type Place, seal, unseal } from '#platform/crypto/seal.ts';

type Keys = Pick<AppContext, 'keys'>;

const subjectAt = (id: string): Place => ({ table: 'audit_case', column: 'subject_sealed', row: id });
const decisionAt = (id: string): Place => ({ table: 'audit_case', column: 'decision_sealed', row: id });
const noteAt = (id: string): Place => ({ table: 'audit_case_note', column: 'sealed', row: id });

/** What auditors write may name anybody: it is kept sealed, and the journal commits to its hash. */
export const sealSubject = ({ keys }: Keys, id: string, text: string) => seal(keys.data, subjectAt(id), text);
export const sealDecision = ({ keys }: Keys, id: string, text: string) => seal(keys.data, decisionAt(id), text);
export const sealNote = ({ keys }: Keys, id: string, text: string) => seal(keys.data, noteAt(id), text);

/** Each throws when the bytes were made for another row, changed, or sealed with a key that is gone. */
export const openSubject = ({ keys }: Keys, id: string, sealed: Buffer) =>
  unseal(keys.data, subjectAt(id), sealed).toString();
export const openDecision = ({ keys }: Keys, id: string, sealed: Buffer) =>
  unseal(keys.data, decisionAt(id), sealed).toString();
export const openNote = ({ keys }: Keys, id: string, sealed: Buffer) =>
  unseal(keys.data, noteAt(id), sealed).toString();

/** The SHA-256 of a text or a file, in hexadecimal. */
export function hashOf(content: string | Uint8Array): string {
  return sha256(content).toString('hex');
}
