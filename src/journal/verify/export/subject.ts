import type { Crypto } from '../check-note.ts';
import type { Checkpoint } from '../checkpoint.ts';
import type { Policy } from '../policy.ts';
import type { Elsewhere } from './elsewhere.ts';
import type { Entries } from './entries.ts';
import type { Manifest } from './manifest.ts';
import type { NodeKeys, Signatures } from './node-files.ts';
import type { Files } from './sums.ts';

/** ECDSA on P-256 with SHA-256 (JWS ES256, RFC 7518 §3.4): `signature` is r ‖ s, 64 bytes. Answers false for a key that is none. */
export type Es256Verify = (jwk: { x: string; y: string }, message: Uint8Array, signature: Uint8Array) => boolean;

/** What the verifier is handed: it has no library of its own. */
export type Tools = Crypto & { es256Verify: Es256Verify };

/** What an auditor gives: the export, whom they believe, and the last checkpoint they kept. */
export type Given = { files: Files; policy: Policy; policyText: string; previous?: string };

/** An export under examination: what could be read of it. */
export type Subject = Given & {
  tools: Tools;
  /** The tree everything is proven against, as `checkpoint` says; undefined when it says none. */
  checkpoint: Checkpoint | undefined;
  manifest: Manifest | undefined;
  entries: Entries;
  elsewhere: Elsewhere;
  /** Undefined when the files are not what they should be. */
  nodeKeys: NodeKeys | undefined;
  signatures: Signatures | undefined;
};
