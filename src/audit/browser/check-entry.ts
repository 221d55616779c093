import {
  type Checkpoint,
  type Crypto,
  leafHash,
  type Policy,
  parseCheckpoint,
  parseNote,
  parseOrigin,
  parsePolicy,
  parseTlogProof,
  quorumMet,
  readLeaf,
  sameBytes,
  type TlogProof,
  verifyInclusion,
  verifyNodeSignature,
  verifySignature,
} from '#journal/verify';

/** What the page of an entry says, and is checked: the same for the server and for the browser of who reads it. */
export type EntryEvidence = {
  id: string;
  /** The name of the log that the checkpoint must be of. */
  origin: string;
  leaf: Uint8Array;
  /** As the tree has it; absent until the entry is sealed. */
  leafHash: Uint8Array | undefined;
  nodeKey: Uint8Array | undefined;
  nodeSignature: Uint8Array | undefined;
  /** A `.tlog-proof`; absent until a published checkpoint has the entry. */
  proof: string | undefined;
  policy: string;
};

/** `absent`: there is nothing to check yet, or this witness did not sign. */
export type Verdict = 'pass' | 'fail' | 'absent';
export type Check = { name: string; verdict: Verdict; title: string; detail: string };

type Signed = {
  text: string;
  checkpoint: Checkpoint;
  signatures: { name: string; keyId: number; signature: Uint8Array }[];
};
type Read = { policy: Policy | undefined; proof: TlogProof | undefined; signed: Signed | undefined };

/** Each check by itself, so that what does not hold is named. Never throws, whatever it is handed. */
export function checkEntry(crypto: Crypto, evidence: EntryEvidence): Check[] {
  const policy = parsePolicy(evidence.policy, crypto.sha256);
  const proof = evidence.proof === undefined ? undefined : parseTlogProof(evidence.proof);
  const read: Read = {
    policy: policy.ok ? policy.policy : undefined,
    proof: proof?.ok ? proof.proof : undefined,
    signed: proof?.ok ? signedOf(proof.proof.checkpoint) : undefined,
  };
  return [
    checkForm(evidence),
    checkLeafHash(crypto, evidence),
    checkNode(crypto, evidence),
    ...(evidence.proof === undefined
      ? [
          absent(
            'inclusion',
            'Sa place dans l’arbre',
            'Aucun point de contrôle publié ne contient encore cette entrée.',
          ),
        ]
      : [checkInclusion(crypto, evidence, read), checkLog(crypto, evidence, read), ...checkWitnesses(crypto, read)]),
  ];
}

/** `pass` when nothing fails and everything that proves the entry is there. */
export function verdictOf(checks: readonly Check[]): Verdict {
  if (checks.some(({ verdict }) => verdict === 'fail')) return 'fail';
  return checks.some(({ name, verdict }) => name === 'quorum' && verdict === 'pass') ? 'pass' : 'absent';
}

const check = (name: string, holds: boolean, title: string, details: readonly [pass: string, fail: string]): Check => ({
  ...{ name, title },
  verdict: holds ? 'pass' : 'fail',
  detail: details[holds ? 0 : 1],
});
const absent = (name: string, title: string, detail: string): Check => ({ name, title, detail, verdict: 'absent' });

function signedOf(note: string): Signed | undefined {
  const parsed = parseNote(note);
  const checkpoint = parsed.ok ? parseCheckpoint(parsed.note.text) : undefined;
  if (!parsed.ok || !checkpoint?.ok) return undefined;
  return { text: parsed.note.text, checkpoint: checkpoint.checkpoint, signatures: parsed.note.signatures };
}

function checkForm({ leaf, id, origin }: EntryEvidence): Check {
  const read = readLeaf(leaf);
  const holds = read.ok && read.leaf.id === id && parseOrigin(origin)?.log === read.leaf.log;
  return check('form', holds, 'La feuille', [
    'Ses octets ont la forme prévue et portent le numéro de cette entrée.',
    'Ses octets n’ont pas la forme prévue, ou sont ceux d’une autre entrée.',
  ]);
}

function checkLeafHash({ sha256 }: Crypto, { leaf, leafHash: kept }: EntryEvidence): Check {
  const title = 'L’empreinte de la feuille';
  if (!kept) return absent('leaf-hash', title, 'L’entrée n’a pas encore sa place dans l’arbre.');
  return check('leaf-hash', sameBytes(leafHash(sha256, leaf), kept), title, [
    'Recalculée d’après les octets, c’est celle qui est dans l’arbre.',
    'Recalculée d’après les octets, ce n’est pas celle qui est dans l’arbre\u00a0: la feuille a été changée.',
  ]);
}

function checkNode(crypto: Crypto, { leaf, nodeKey, nodeSignature }: EntryEvidence): Check {
  const holds = Boolean(nodeKey && nodeSignature && verifyNodeSignature(crypto, nodeKey, leaf, nodeSignature));
  return check('node', holds, 'La signature du serveur qui a écrit l’entrée', [
    'Elle est vraie, par la clé inscrite pour ce serveur.',
    'Elle est fausse\u00a0: aucun serveur inscrit n’a écrit ces octets.',
  ]);
}

function checkInclusion({ sha256 }: Crypto, { leaf }: EntryEvidence, { proof, signed }: Read): Check {
  const { size = 0n, root = new Uint8Array() } = signed?.checkpoint ?? {};
  const claim = proof && { index: proof.index, size, leafHash: leafHash(sha256, leaf), proof: proof.proof, root };
  return check('inclusion', Boolean(claim && verifyInclusion(sha256, claim)), 'Sa place dans l’arbre', [
    `La preuve mène de la feuille, à la place ${proof?.index}, à la racine de l’arbre de ${size}\u00a0entrées.`,
    'La preuve ne mène pas de cette feuille à la racine de l’arbre\u00a0: l’une des deux a été changée.',
  ]);
}

function checkLog(crypto: Crypto, { origin }: EntryEvidence, { policy, signed }: Read): Check {
  const keys = policy?.logs.filter(({ name }) => name === origin) ?? [];
  const times = signed ? keys.flatMap((key) => timesOf(crypto, key, signed)) : [];
  const holds = signed?.checkpoint.origin === origin && times.length > 0 && !times.includes(undefined);
  return check('log', holds, 'La signature du journal', [
    `Le point de contrôle est signé par la clé du journal «\u00a0${origin}\u00a0».`,
    `Le point de contrôle n’est pas signé par une clé connue du journal «\u00a0${origin}\u00a0», ou sa signature est fausse.`,
  ]);
}

/** The times at which a key signed; undefined for a signature that is false. */
function timesOf(crypto: Crypto, key: Policy['logs'][number], { text, signatures }: Signed): (bigint | undefined)[] {
  const theirs = signatures.filter(({ name, keyId }) => name === key.name && keyId === key.keyId);
  return theirs.map(({ signature }) => verifySignature(crypto, key, text, signature));
}

function checkWitnesses(crypto: Crypto, { policy, signed }: Read): Check[] {
  const checks = (policy?.witnesses ?? []).map(({ name, vkey }) => {
    const times = signed ? timesOf(crypto, vkey, signed) : [];
    return { name, check: checkWitness(vkey.name, times) };
  });
  const cosigned = checks.filter((one) => one.check.verdict === 'pass').map(({ name }) => name);
  const met = policy !== undefined && signed !== undefined && quorumMet(policy, cosigned);
  const count = `${cosigned.length} ${cosigned.length > 1 ? 'témoins ont signé' : 'témoin a signé'} sur ${checks.length}`;
  return [
    ...checks.map((one) => one.check),
    check('quorum', met, 'Le nombre de témoins', [
      `${count}\u00a0: la politique publiée est respectée.`,
      policy ? `${count}\u00a0: la politique publiée n’est pas respectée.` : 'La politique publiée ne se lit pas.',
    ]),
  ];
}

function checkWitness(name: string, times: readonly (bigint | undefined)[]): Check {
  const title = `Le témoin «\u00a0${name}\u00a0»`;
  if (times.length === 0) return absent(`witness:${name}`, title, 'Il n’a pas signé ce point de contrôle.');
  const [time] = times;
  const when = time === undefined ? '' : toTheSecond(new Date(Number(time) * 1000));
  return check(`witness:${name}`, !times.includes(undefined), title, [
    `Il a signé ce point de contrôle le ${when}.`,
    'Sa signature est fausse.',
  ]);
}

/** « 22/11/2026 à 12:50:05 », in Paris. */
function toTheSecond(instant: Date): string {
  const inParis = { timeZone: 'Europe/Paris' } as const;
  return `${instant.toLocaleDateString('fr-FR', inParis)} à ${instant.toLocaleTimeString('fr-FR', inParis)}`;
}
