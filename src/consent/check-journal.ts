import { findMandateEntries, openEntries, readEntries } from '#journal';
import { checkDisclosure, type Leaf, readLeaf } from '#journal/verify';
import type { AppContext } from '#platform/context.ts';
import { sha256 } from '#platform/crypto/hashes.ts';
import type { ConcludedRow } from './consent.queries.ts';
import type { ConsentCheck } from './consent-checks.ts';
import { type ConsentEvidence, evidenceHashes } from './evidence.ts';

const NAME = 'Les empreintes au journal';
const CONCLUDED = 'mandate.concluded';

/**
 * The journal committed to the number, the snapshot and every part of the evidence when the mandate was concluded: the leaf
 * is read, what it opens is checked against its digests, then compared with what is kept.
 */
export async function checkJournal(
  ctx: Pick<AppContext, 'readerDb' | 'keys'>,
  row: ConcludedRow,
  evidence: ConsentEvidence | undefined,
): Promise<ConsentCheck> {
  const asked = { mandateId: row.id, alias: row.journalAlias, kinds: [CONCLUDED] };
  const [entry, ...others] = await readEntries(ctx, await findMandateEntries(ctx.readerDb, asked));
  if (!entry || others.length > 0) return fault('Le journal n’a pas une conclusion, et une seule, pour ce mandat.');
  const leaf = readLeaf(entry.leaf);
  const differences = leaf.ok ? differencesWithLeaf(leaf.leaf, row) : ['tout'];
  if (!leaf.ok || differences.length > 0)
    return fault(`L’entrée ${entry.id} dit autre chose\u00a0: ${differences.join(', ')}.`);
  const opened = await openEntries(ctx, ctx.readerDb, [entry.id]).catch(() => undefined);
  if (!opened) return fault(`Ce que garde l’entrée ${entry.id} ne s’ouvre pas.`);
  const committed = committedBy(leaf.leaf, opened.get(entry.id)?.disclosures ?? []);
  return committed
    ? compare(entry.id, committed, row, evidence)
    : fault(`L’entrée ${entry.id} ne s’engage pas sur ce qui est ouvert.`);
}

function fault(detail: string): ConsentCheck {
  return { name: NAME, verdict: 'fail', detail };
}

/** The leaf itself tells this mandate: projections helped to find it, they prove nothing. */
function differencesWithLeaf(leaf: Leaf, row: ConcludedRow): string[] {
  const { type, m, mn, org, aid, clear } = leaf;
  const told = typeof clear === 'object' && !Array.isArray(clear) ? clear : {};
  const pairs: [string, boolean][] = [
    ['nature', type === CONCLUDED && mn === 1],
    ['mandat', m === row.journalAlias],
    ['structure', org === row.organisationId],
    ['aidant', aid === row.aidantId],
    ['début', told.startsAt === row.startsAt.toISOString()],
    ['fin', told.endsAt === row.endsAt.toISOString()],
    ['durée', told.duration === row.duration],
    ['thèmes', JSON.stringify(told.themes) === JSON.stringify(row.themes.toSorted())],
  ];
  return pairs.flatMap(([name, same]) => (same ? [] : [name]));
}

/** The values that the leaf committed to, by name; undefined when something that is opened is not among its digests. */
function committedBy({ sd }: Leaf, disclosures: readonly string[]): Map<string, string> | undefined {
  const digests = Array.isArray(sd) ? (sd as string[]) : [];
  const values = new Map<string, string>();
  for (const disclosure of disclosures) {
    const checked = checkDisclosure(sha256, digests, disclosure);
    if (!checked.ok) return undefined;
    values.set(checked.name, checked.value);
  }
  return values;
}

function compare(
  entryId: string,
  committed: ReadonlyMap<string, string>,
  row: ConcludedRow,
  evidence: ConsentEvidence | undefined,
): ConsentCheck {
  const expected: [string, string][] = Object.entries({
    ...(evidence && evidenceHashes(evidence)),
    number: row.number,
    snapshot: sha256(row.snapshot).toString('hex'),
  });
  const named = (names: string[]) => names.map((part) => PART_WORDS[part] ?? part).join(', ');
  const wrong = expected.filter(([part, hash]) => committed.has(part) && committed.get(part) !== hash);
  if (wrong.length > 0)
    return fault(`Différentes de l’entrée ${entryId}\u00a0: ${named(wrong.map(([part]) => part))}.`);
  const closed = expected.filter(([part]) => !committed.has(part)).map(([part]) => part);
  if (closed.length > 0) {
    const detail = `L’entrée ${entryId} tient, mais ne peut plus être ouverte pour\u00a0: ${named(closed)}.`;
    return { name: NAME, verdict: 'unverifiable', detail };
  }
  const what = evidence ? 'le numéro, la copie du mandat et chaque pièce' : 'le numéro et la copie du mandat';
  return { name: NAME, verdict: 'pass', detail: `Entrée ${entryId}\u00a0: elle s’engage sur ${what}, à l’octet près.` };
}

const PART_WORDS: Readonly<Record<string, string>> = {
  number: 'le numéro',
  snapshot: 'la copie du mandat',
  terms: 'les conditions',
  shownTexts: 'le texte lu',
  salt: 'le sel',
  idToken: 'le jeton d’identité',
  userinfo: 'l’état civil',
  jwks: 'les clés de FranceConnect',
};
