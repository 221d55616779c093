/**
 * The part of the journal that proves: pure, without a package, a database or the rest of the program, so that it runs
 * alone on an export. Cryptography is handed in. Names are those of RFC 6962 and RFC 9901.
 */
export { checkDisclosure, type DisclosureFault, disclosureDigest, readDisclosure } from './disclosure.ts';
export { leafHash, nodeHash, type Sha256 } from './hashes.ts';
export {
  DEEPEST_LEAF,
  type Leaf,
  type LeafFault,
  type LeafValue,
  LONGEST_LEAF,
  readLeaf,
  signedBytes,
} from './leaf.ts';
