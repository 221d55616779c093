/**
 * The part of the journal that proves: pure, without a package, a database or the rest of the program, so that it runs
 * alone on an export. Cryptography is handed in; sizes and indices are bigint. What it reads may be hostile: it answers with
 * a fault of a closed list, never by throwing. Names are those of RFC 6962, RFC 9162, RFC 9901 and C2SP.
 */
export { type BundleFault, readBundle, writeBundle } from './bundle.ts';
export { fromBase64, readDecimal, sameBytes, toBase64 } from './bytes.ts';
export {
  type CheckedNote,
  type CheckedNoteAnswer,
  type CheckFault,
  type Cosigner,
  type Crypto,
  checkNote,
  verifySignature,
} from './check-note.ts';
export { type Checkpoint, type CheckpointFault, checkpointOf, checkpointText, parseCheckpoint } from './checkpoint.ts';
export { cosignedMessage, parseCosignature, writeCosignature } from './cosignature.ts';
export { checkDisclosure, type DisclosureFault, disclosureDigest, readDisclosure } from './disclosure.ts';
export * from './export/index.ts';
export { type Fork, type ForkAnswer, forkOf } from './fork.ts';
export { leafHash, nodeHash, type Sha256 } from './hashes.ts';
export {
  DEEPEST_LEAF,
  type Leaf,
  type LeafFault,
  type LeafValue,
  LONGEST_LEAF,
  readLeaf,
} from './leaf.ts';
export {
  type ConsistencyClaim,
  emptyRoot,
  type InclusionClaim,
  rootOf,
  verifyConsistency,
  verifyInclusion,
} from './merkle.ts';
export {
  MOST_SIGNED_TOGETHER,
  type NodeSignature,
  readNodeSignature,
  signTogether,
  verifyNodeSignature,
} from './node-signature.ts';
export {
  formatNote,
  isKeyName,
  LONGEST_NOTE,
  MOST_SIGNATURES,
  type Note,
  type NoteFault,
  type NoteSignature,
  parseNote,
  parseSignatureLine,
  signatureLine,
} from './note.ts';
export { formatOrigin, type Origin, parseOrigin } from './origin.ts';
export {
  NO_WITNESS,
  type Policy,
  type PolicyFault,
  type PolicyGroup,
  type PolicyLog,
  type PolicyWitness,
  parsePolicy,
  quorumMet,
} from './policy.ts';
export { consistencyRanges, inclusionRanges, type Range, rootRange } from './ranges.ts';
export { type BundleAddress, entriesPath, parseEntriesPath, parseTilePath, tilePath } from './tile-path.ts';
export { hashRange, newTiles, TILE_WIDTH, type TileAddress, tilesFor, tileWidth } from './tiles.ts';
export { formatTlogProof, parseTlogProof, type TlogProof, type TlogProofFault, verifyTlogProof } from './tlog-proof.ts';
export {
  COSIGNATURE_V1,
  ED25519,
  type KeyType,
  keyIdOf,
  parseVkey,
  type Vkey,
  type VkeyFault,
  vkeyOf,
} from './vkey.ts';
