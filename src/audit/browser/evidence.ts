import type { EntryEvidence } from './check-entry.ts';

/** Reads what the page says of an entry, from the very elements that show it: what is checked is what is read. */
export function evidenceIn(document: Document): EntryEvidence | undefined {
  const text = (name: string) => document.querySelector(`[data-evidence="${name}"]`)?.textContent ?? undefined;
  const bytes = (name: string) => fromHex(text(name));
  const [id, origin, leaf, policy] = [text('id'), text('origin'), bytes('leaf'), text('policy')];
  if (id === undefined || origin === undefined || !leaf || policy === undefined) return undefined;
  return {
    ...{ id, origin, leaf, policy },
    leafHash: bytes('leaf-hash'),
    nodeKey: bytes('node-key'),
    nodeSignature: bytes('node-signature'),
    proof: text('proof'),
  };
}

/** Hexadecimal in any grouping; what is none of it gives no byte, so that nothing is found true of it. */
function fromHex(text: string | undefined): Uint8Array | undefined {
  if (text === undefined) return undefined;
  const digits = text.replace(/\s/g, '');
  if (digits.length % 2 === 1 || /[^0-9a-f]/.test(digits)) return new Uint8Array();
  return Uint8Array.from(digits.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
}
