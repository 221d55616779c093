import { hashes, verify } from '@noble/ed25519';
import { sha256, sha512 } from '@noble/hashes/sha2.js';
import { type Check, checkEntry, type Verdict, verdictOf } from './check-entry.ts';
import { evidenceIn } from './evidence.ts';

// The page of an entry is checked again here, from what it says, by the program that checks exports.
hashes.sha512 = sha512;

const WORDS: Readonly<Record<Verdict, string>> = { pass: 'Vrai', fail: 'Faux', absent: 'Rien à vérifier' };

const SUMMARIES: Readonly<Record<Verdict, string>> = {
  pass: 'Tout est vrai. Votre navigateur vient de le vérifier lui-même, avec ce qui est écrit dans cette page.',
  fail: 'Quelque chose est faux. Votre navigateur vient de le vérifier lui-même\u00a0: ne vous fiez pas à cette page, gardez-la et prévenez l’exploitant.',
  absent: 'Rien n’est faux, mais l’entrée n’est pas encore prouvée. Votre navigateur vient de le vérifier lui-même.',
};

const section = document.getElementById('verification');
const evidence = section && evidenceIn(document);
if (section && evidence) {
  const checks = checkEntry({ sha256, ed25519Verify: holds }, evidence);
  show(section, checks);
}

function holds(publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array): boolean {
  try {
    return verify(signature, message, publicKey, { zip215: false });
  } catch {
    return false;
  }
}

function show(section: HTMLElement, checks: readonly Check[]): void {
  const verdict = verdictOf(checks);
  section.dataset.verdict = verdict;
  section.dataset.by = 'navigateur';
  const summary = section.querySelector('[data-summary]');
  if (summary) summary.textContent = SUMMARIES[verdict];
  section.querySelector('[data-checks]')?.replaceChildren(...checks.map(lineOf));
  for (const only of section.querySelectorAll<HTMLElement>('[data-without-script]')) only.hidden = true;
}

function lineOf({ name, verdict, title, detail }: Check): HTMLElement {
  const line = document.createElement('li');
  line.dataset.check = name;
  line.dataset.verdict = verdict;
  for (const [tag, text] of [
    ['strong', `${WORDS[verdict]}\u00a0:`],
    ['span', title],
    ['p', detail],
  ] as const) {
    const part = document.createElement(tag);
    part.append(...breakable(text));
    line.append(part, ' ');
  }
  return line;
}

/** As the server writes it (views/layout/spaces.tsx): a line may end after a dot of a name. */
function breakable(text: string): Node[] {
  return text
    .split(/(?<=[a-z0-9]\.)(?=[a-z])/)
    .flatMap((part, index) => [...(index > 0 ? [document.createElement('wbr')] : []), document.createTextNode(part)]);
}
