import { fromBase64url, toBase64url } from '../base64url.ts';
import { joined, readDecimal, utf8 } from '../bytes.ts';
import { placeKey } from './by-place.ts';
import type { OpenedByIndex } from './check-disclosures.ts';
import { aboutOf, type Evidence, evidenceOf, type Findings } from './consent-evidence.ts';
import { snapshotSays } from './consent-snapshot.ts';
import { claimsOf, identifiedOnTheDay, tokensSay } from './consent-tokens.ts';
import type { ExportedEntry } from './entries.ts';
import { clearOf } from './entries.ts';
import { type Term, termsIn, tokenPaths, tokensGoneBy } from './gone-tokens.ts';
import { type Json, jsonObject } from './jws.ts';
import { evidencePath } from './layout.ts';
import type { Mandate } from './manifest.ts';
import { type Check, fail, notChecked, pass, shortened } from './report.ts';
import type { Subject } from './subject.ts';

const BOUND = ['terms', 'shownTexts', 'salt', 'idToken', 'userinfo', 'jwks', 'snapshot'] as const;
const NAMES: Readonly<Record<(typeof BOUND)[number], string>> = {
  terms: 'les conditions',
  shownTexts: 'le texte lu',
  salt: 'le sel',
  idToken: 'le jeton d’identité',
  userinfo: 'l’état civil signé',
  jwks: 'les clés de FranceConnect',
  snapshot: 'la copie du mandat',
};

/** The evidence of consent of each mandate that is here whole, or whose evidence travels: one line for all; none without mandates. */
export function checkConsent(subject: Subject, opened: OpenedByIndex): Check[] {
  const { evidence = [], mandates = [], gone = [] } = subject.manifest ?? {};
  const given = new Set(evidence);
  const numbers = [...given];
  const without = mandates.filter(({ number }) => !given.has(number));
  if (numbers.length + without.length === 0) return [];
  const context = { subject, opened, gone: new Set(gone), terms: termsIn(subject.entries.list) };
  const findings = [
    ...numbers.map((number) => ({ number, ...examine(context, number) })),
    ...numbersOf(subject, mandates, opened),
    ...without.map(({ number }) => ({ number, faults: [], unknown: [NOT_JOINED] })),
  ];
  const told = (number: string) => (found: string) => `Mandat ${number}\u00a0: ${found}`;
  const faults = findings.flatMap((found) => found.faults.map(told(found.number)));
  const unknown = findings.flatMap((found) => found.unknown.map(told(found.number)));
  if (faults.length > 0) return [fail('consent', 'La preuve du consentement ne tient pas.', faults)];
  if (unknown.length > 0)
    return [notChecked('consent', 'La preuve du consentement n’est pas entière.', shortened(unknown))];
  const line =
    `Le consentement est prouvé pour ${numbers.length === 1 ? `le mandat ${numbers[0]}` : `${numbers.length} mandats`}\u00a0: FranceConnect a signé` +
    ' l’identité et, par le nonce, les conditions\u00a0; le journal s’y était engagé à la conclusion.';
  return [pass('consent', line)];
}

const NOT_JOINED = 'la preuve du consentement n’est pas jointe (effacée, ou pas ouverte à qui l’a demandé).';

/** The number under which each mandate is announced is the one that the entry of its conclusion committed to. */
function numbersOf(
  { entries }: Subject,
  mandates: readonly Mandate[],
  opened: OpenedByIndex,
): ({ number: string } & Findings)[] {
  const conclusions = new Map(
    entries.list.flatMap(({ index, facts }) => (facts?.type === CONCLUSION ? [[facts.alias, index] as const] : [])),
  );
  return mandates.map(({ number, alias }) => {
    const committed = opened.get(placeKey(conclusions.get(alias) ?? -1n))?.get('number');
    if (committed === undefined) return { number, faults: [], unknown: ['rien d’ouvert ici ne prouve ce numéro.'] };
    return {
      number,
      faults: committed === number ? [] : ['le journal a conclu ce mandat sous un autre numéro.'],
      unknown: [],
    };
  });
}

const CONCLUSION = 'mandate.concluded';

/** What a mandate says of its own date, against what FranceConnect signed. `confirmed` is undefined without its token. */
export type MandateDate = {
  /** Undefined when the manifest names no such mandate. */
  number: string | undefined;
  alias: string;
  startsAt: number;
  writtenAt: number;
  confirmed: boolean | undefined;
};

/** The date of each mandate whose conclusion is here, for the check of dates. */
export function mandateDates({ manifest, entries, files }: Subject): MandateDate[] {
  const concluded = entries.list.filter(({ facts }) => facts?.type === CONCLUSION);
  const evidence = [...new Set(manifest?.evidence)];
  const given = new Map(evidence.map((number) => [placeKey(indexOf(files, number)), number]));
  const announced = new Map((manifest?.mandates ?? []).map(({ number, alias }) => [alias, number]));
  return concluded.flatMap((entry) => {
    const { writtenAt = 0, alias = '' } = entry.facts ?? {};
    const evidenced = given.get(placeKey(entry.index));
    const startsAt = Date.parse(String(clearOf(entry).startsAt));
    if (Number.isNaN(startsAt)) return [];
    const confirmed = evidenced === undefined ? undefined : identifiedOnTheDay(evidenceOf(files, evidenced), startsAt);
    return [{ number: evidenced ?? announced.get(alias), alias, startsAt, writtenAt, confirmed }];
  });
}

function indexOf(files: Subject['files'], number: string): bigint {
  return readDecimal(aboutOf(evidenceOf(files, number), number)?.index ?? '') ?? -1n;
}

/** `gone`: mandates whose tokens are said to have reached their term; `terms`: what says so. */
type Context = { subject: Subject; opened: OpenedByIndex; gone: ReadonlySet<string>; terms: readonly Term[] };

function examine(context: Context, number: string): Findings {
  const { subject, opened } = context;
  const evidence = evidenceOf(subject.files, number);
  const about = aboutOf(evidence, number);
  if (!about)
    return { faults: [`${evidencePath(number, 'about')} ne se lit pas, ou est d’un autre mandat.`], unknown: [] };
  const entry = subject.entries.byIndex.get(placeKey(readDecimal(about.index ?? '') ?? -1n));
  if (entry?.facts?.type !== CONCLUSION) {
    return { faults: [`l’entrée ${about.index} n’est pas celle d’une conclusion.`], unknown: [] };
  }
  const committed = opened.get(placeKey(entry.index)) ?? new Map<string, string>();
  const findings = [
    commitments(context, evidence, { committed, number, conclusion: entry }),
    tokensSay(subject.tools, evidence, about, entry.facts.writtenAt),
    agreement(subject, evidence),
    snapshotSays(subject.tools, evidence, { number, alias: entry.facts.alias ?? '' }),
  ];
  return { faults: findings.flatMap(({ faults }) => faults), unknown: findings.flatMap(({ unknown }) => unknown) };
}

/** The journal committed to the hash of each piece when the mandate was concluded. */
function commitments(
  context: Context,
  evidence: Evidence,
  {
    committed,
    number,
    conclusion,
  }: { committed: ReadonlyMap<string, string>; number: string; conclusion: ExportedEntry },
): Findings {
  const { tools } = context.subject;
  const faults: string[] = [];
  const unknown: string[] = [];
  const gone = goneOf(context, number, conclusion);
  if (!committed.has('number')) unknown.push('son numéro n’est plus ouvert au journal.');
  else if (committed.get('number') !== number) faults.push('le journal a conclu un mandat d’un autre numéro.');
  for (const part of BOUND) {
    const [text, hash] = [evidence[part], committed.get(part)];
    if (text === undefined && gone.has(part))
      unknown.push(`${NAMES[part]}\u00a0: n’est plus gardé (${gone.get(part)}).`);
    else if (text === undefined)
      faults.push(`${NAMES[part]}\u00a0: manque, et aucune entrée prouvée d’ici ne dit son effacement.`);
    else if (hash === undefined) unknown.push(`${NAMES[part]}\u00a0: son empreinte n’est plus ouverte au journal.`);
    else if (toHex(tools.sha256(utf8(text))) !== hash)
      faults.push(`${NAMES[part]}\u00a0: le journal s’était engagé sur autre chose.`);
  }
  return { faults, unknown };
}

/** The pieces that may be absent, and why: the manifest says so, and a proven entry that their term had come. */
function goneOf(
  { gone, terms }: Context,
  number: string,
  conclusion: ExportedEntry,
): ReadonlyMap<(typeof BOUND)[number], string> {
  const teller = gone.has(number) ? tokensGoneBy(terms, conclusion) : undefined;
  if (!teller) return new Map();
  const paths = tokenPaths(number);
  const parts = BOUND.filter((part) => paths.includes(evidencePath(number, part)));
  return new Map(parts.map((part) => [part, `effacé à son terme, dit l’entrée ${teller.index}`]));
}

/** The nonce that FranceConnect signed is the salted hash of the terms, and these name the text that was read. */
function agreement({ tools }: Subject, { terms, shownTexts, salt, idToken }: Evidence): Findings {
  const faults: string[] = [];
  const read = jsonObject(terms);
  const random = fromBase64url(salt ?? '');
  if (terms !== undefined && salt !== undefined && idToken !== undefined) {
    const nonce = random?.length === 32 ? toBase64url(tools.sha256(joined(utf8(terms), random))) : undefined;
    const signed = claimsOf(fromBase64url(idToken.split('.')[1] ?? ''));
    if (nonce === undefined || signed?.nonce !== nonce)
      faults.push('le nonce signé n’est pas l’empreinte salée des conditions.');
  }
  if (terms !== undefined && shownTexts !== undefined) {
    const text = read?.text as Json | undefined;
    const hash = toHex(tools.sha256(utf8(shownTexts)));
    if (text?.sha256 !== hash || text?.version !== jsonObject(shownTexts)?.version)
      faults.push('les conditions nomment un autre texte que celui qui a été lu.');
  }
  return { faults, unknown: [] };
}

function toHex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
