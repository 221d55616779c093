import { utf8Text } from './bytes.ts';
import type { Sha256 } from './hashes.ts';
import { COSIGNATURE_V1, ED25519, parseVkey, samePublicKey, type Vkey, type VkeyFault } from './vkey.ts';

export type PolicyLog = Vkey & { url?: string };
/** `name` means something inside the policy only; the world knows the witness by its key's name. */
export type PolicyWitness = { name: string; vkey: Vkey; url?: string };
/** Met when at least `threshold` members are: witnesses that cosigned, groups that are met. */
export type PolicyGroup = { name: string; threshold: number; members: string[] };
/** `groups` stand in an order in which each names only what was defined before it. `quorum`: a witness, a group or `none`. */
export type Policy = { logs: PolicyLog[]; witnesses: PolicyWitness[]; groups: PolicyGroup[]; quorum: string };

export type PolicyFault =
  | 'policy-too-long'
  | 'not-utf-8'
  | 'control-character'
  | 'unknown-keyword'
  | 'wrong-number-of-items'
  | 'wrong-key-type'
  | 'duplicate-key'
  | 'duplicate-name'
  | 'reserved-name'
  | 'unknown-name'
  | 'member-of-two-groups'
  | 'bad-threshold'
  | 'no-quorum'
  | 'two-quorums'
  | VkeyFault;

/** The longest policy, in characters: some hundreds of keys, where C2SP asks for 32. */
const LONGEST_POLICY = 65_536;
/** The quorum that asks for no witness. */
export const NO_WITNESS = 'none';

type Draft = Omit<Policy, 'quorum'> & { quorum?: string; members: Set<string> };
type ReadVkey = (text: string, type: Vkey['type']) => { ok: true; vkey: Vkey } | { ok: false; fault: PolicyFault };

/**
 * Reads a policy (C2SP tlog-policy): which logs are believed, and which witnesses must have cosigned. With `sha256`, also
 * checks that each key's id belongs to it. A fault names the line, counted from 1. The last newline may be missing.
 */
export function parsePolicy(
  text: string | Uint8Array,
  sha256?: Sha256,
): { ok: true; policy: Policy } | { ok: false; fault: PolicyFault; line: number } {
  if (text.length > LONGEST_POLICY) return { ok: false, fault: 'policy-too-long', line: 0 };
  const whole = typeof text === 'string' ? text : utf8Text(text);
  if (!whole?.isWellFormed()) return { ok: false, fault: 'not-utf-8', line: 0 };
  const draft: Draft = { logs: [], witnesses: [], groups: [], members: new Set() };
  const readVkey: ReadVkey = (vkey, type) => {
    const read = parseVkey(vkey, sha256);
    return read.ok && read.vkey.type !== type ? { ok: false, fault: 'wrong-key-type' } : read;
  };
  for (const [index, line] of whole.split('\n').entries()) {
    const fault = readLine(draft, line, readVkey);
    if (fault) return { ok: false, fault, line: index + 1 };
  }
  const { logs, witnesses, groups, quorum } = draft;
  if (quorum === undefined) return { ok: false, fault: 'no-quorum', line: 0 };
  return { ok: true, policy: { logs, witnesses, groups, quorum } };
}

/** Whether a checkpoint cosigned by these witnesses (names of the policy) has the policy's quorum. */
export function quorumMet(policy: Pick<Policy, 'groups' | 'quorum'>, cosigned: Iterable<string>): boolean {
  const met = new Set([NO_WITNESS, ...cosigned]);
  for (const { name, threshold, members } of policy.groups) {
    if (members.filter((member) => met.has(member)).length >= threshold) met.add(name);
  }
  return met.has(policy.quorum);
}

function readLine(draft: Draft, line: string, readVkey: ReadVkey): PolicyFault | undefined {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is refused
  if (/[\u0000-\u0008\u000b-\u001f\u007f]/.test(line)) return 'control-character';
  const [keyword = '', ...items] = line.split(/[ \t]+/).filter((item) => item !== '');
  if (keyword === '' || keyword.startsWith('#')) return undefined;
  if (keyword === 'log') return addLog(draft, items, readVkey);
  if (keyword === 'witness') return addWitness(draft, items, readVkey);
  if (keyword === 'group') return addGroup(draft, items);
  return keyword === 'quorum' ? setQuorum(draft, items) : 'unknown-keyword';
}

function addLog({ logs }: Draft, [text, url, ...more]: string[], readVkey: ReadVkey): PolicyFault | undefined {
  if (text === undefined || more.length > 0) return 'wrong-number-of-items';
  const read = readVkey(text, ED25519);
  if (!read.ok) return read.fault;
  if (logs.some((log) => samePublicKey(log, read.vkey))) return 'duplicate-key';
  logs.push({ ...read.vkey, ...(url === undefined ? {} : { url }) });
  return undefined;
}

function addWitness(draft: Draft, [name, text, url, ...more]: string[], readVkey: ReadVkey): PolicyFault | undefined {
  if (name === undefined || text === undefined || more.length > 0) return 'wrong-number-of-items';
  const read = readVkey(text, COSIGNATURE_V1);
  if (!read.ok) return read.fault;
  if (draft.witnesses.some(({ vkey }) => samePublicKey(vkey, read.vkey))) return 'duplicate-key';
  const fault = newName(draft, name);
  if (!fault) draft.witnesses.push({ name, vkey: read.vkey, ...(url === undefined ? {} : { url }) });
  return fault;
}

function addGroup(draft: Draft, [name, rule, ...members]: string[]): PolicyFault | undefined {
  if (name === undefined || rule === undefined || members.length === 0) return 'wrong-number-of-items';
  const threshold = thresholdOf(rule, members.length);
  if (threshold === undefined) return 'bad-threshold';
  for (const member of members) {
    if (member === NO_WITNESS) return 'reserved-name';
    if (!isDefined(draft, member)) return 'unknown-name';
    if (draft.members.has(member)) return 'member-of-two-groups';
    draft.members.add(member);
  }
  const fault = newName(draft, name);
  if (!fault) draft.groups.push({ name, threshold, members });
  return fault;
}

function setQuorum(draft: Draft, [name, ...more]: string[]): PolicyFault | undefined {
  if (name === undefined || more.length > 0) return 'wrong-number-of-items';
  if (draft.quorum !== undefined) return 'two-quorums';
  if (name !== NO_WITNESS && !isDefined(draft, name)) return 'unknown-name';
  draft.quorum = name;
  return undefined;
}

function thresholdOf(rule: string, members: number): number | undefined {
  if (rule === 'any') return 1;
  if (rule === 'all') return members;
  return /^[1-9][0-9]{0,5}$/.test(rule) && Number(rule) <= members ? Number(rule) : undefined;
}

function newName(draft: Draft, name: string): PolicyFault | undefined {
  if (name === NO_WITNESS) return 'reserved-name';
  return isDefined(draft, name) ? 'duplicate-name' : undefined;
}

function isDefined({ witnesses, groups }: Draft, name: string): boolean {
  return witnesses.some((one) => one.name === name) || groups.some((one) => one.name === name);
}
