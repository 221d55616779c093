import { existsSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { selectMandates } from '#consent';
import {
  ExportRefused,
  type JournalExport,
  makeRangeExport,
  makeSelectionExport,
  policyText,
  type SelectionRequest,
} from '#journal';
import { reportLines, verifyExport } from '#journal/verify';
import type { AppContext } from '#platform/context.ts';
import { isUuid } from '#platform/ids/ids.ts';
import { verifyFile } from '../journal-verify/command-line.ts';
import { nodeTools } from '../journal-verify/node-tools.ts';
import { readExport, readText, Unreadable } from '../journal-verify/read-export.ts';
import { type Command, CommandError, type Given, required } from './command.ts';
import { logMeant, noSuchMandate } from './journal-meant.ts';
import { withNode } from './with-context.ts';

const exportCommand: Command = {
  name: 'journal export',
  summary:
    'Exporte des entrées publiées, avec de quoi les vérifier hors ligne. L’export est écrit au journal des accès.',
  options: {
    out: { hint: 'le fichier .zip à écrire ; il ne doit pas exister', required: true },
    log: { hint: 'actes (sans rien dire) ou acces' },
    from: { hint: 'première place d’une plage complète' },
    to: { hint: 'place où la plage s’arrête, non comprise ; la dernière publiée sinon' },
    select: {
      hint: 'ou bien : mandat:NUMERO (avec la preuve du consentement), un identifiant d’entrée, un fichier d’identifiants',
      multiple: true,
    },
    open: {
      hint: 'ouvre tout ce qui s’ouvre encore des entrées ; sans elle : rien, et d’un mandat ce à quoi sa preuve se compare',
      flag: true,
    },
    previous: { hint: 'un point de contrôle antérieur auquel rattacher l’export' },
  },
  async run(given, io) {
    const out = required(given, 'out');
    if (existsSync(out)) throw new CommandError(`${out} existe déjà`);
    const { made, policy } = await withNode(
      io,
      'app',
      async (ctx) => ({ made: await explained(() => makeExport(ctx, given)), policy: await policyText(ctx) }),
      'journal',
    );
    await write(out, made);
    // what was just written is read again as its receiver will: a database that was changed makes exports that do not hold
    const faults = faultsOf(out, policy, given.text('previous'));
    if (faults.length > 0) throw new CommandError(inWords(out, faults), FAILS);
    io.say(made.manifest.notice);
    if (made.manifest.leftOut > 0)
      io.say(`${made.manifest.leftOut} entrées n’y sont pas : pas encore publiées, ou effacées.`);
    if (made.manifest.disclosures + made.manifest.evidence.length > 0)
      io.say('Cet export contient des données personnelles.');
    if (made.manifest.evidence.length > 0 && !given.flag('open'))
      io.say('Les entrées n’ouvrent que ce à quoi la preuve du consentement se compare ; --open ouvrirait le reste.');
    io.out(`${out}\t${made.manifest.entries}\t${made.h1}`);
  },
};

/** As of the verifier: a check fails. */
const FAILS = 20;

function faultsOf(file: string, policy: string, previous: string | undefined): string[] {
  const report = verifyExport(nodeTools(), {
    policy: Buffer.from(policy),
    ...(previous === undefined ? {} : { previous: readText(previous) }),
    ...readExport(file),
  });
  if (report.exit === 30) return reportLines(report);
  return report.checks.flatMap(({ name, status, line, details }) =>
    status === 'fail' ? [`${name} : ${line}`, ...details.map((detail) => `  ${detail}`)] : [],
  );
}

function inWords(file: string, faults: readonly string[]): string {
  return [
    `L’export est écrit, et NE TIENT PAS : ce qu’a la base n’est pas ce qui a été scellé. Ne le remettez à personne comme une preuve ; gardez ${file}, et`,
    'lancez « journal check ».',
    ...faults,
  ].join('\n');
}

async function makeExport(ctx: AppContext, given: Given): Promise<JournalExport> {
  const log = logMeant(given.text('log') ?? 'actes');
  const previous = given.text('previous');
  const common = {
    ...{ log, by: 'operator' as const },
    ...(given.flag('open') ? { open: 'everything' as const } : {}),
    ...(previous === undefined ? {} : { previous: Buffer.from(readText(previous)).toString() }),
  };
  const selected = given.list('select');
  const [from, to] = [place(given, 'from'), place(given, 'to')];
  if (selected.length > 0) {
    if (from !== undefined || to !== undefined) throw new CommandError('--select ne va pas avec --from ni --to');
    return makeSelectionExport(ctx, { ...(await selection(ctx, selected)), ...common });
  }
  if (from === undefined) throw new CommandError('--from ou --select manque');
  return makeRangeExport(ctx, { ...common, from, ...(to === undefined ? {} : { to }) });
}

type Selection = Pick<SelectionRequest, 'ids' | 'mandates' | 'evidence'> & { open: ReadonlySet<string> };

/**
 * With a mandate travels its evidence. Of what its entries commit to, the conclusion alone is opened: its number and the hashes
 * of the evidence, which names nobody and without which nothing of the consent can be checked.
 */
async function selection(ctx: AppContext, selected: readonly string[]): Promise<Selection> {
  const numbers = selected.flatMap((one) => (one.startsWith('mandat:') ? [one.slice('mandat:'.length)] : []));
  const ids = selected.filter((one) => !one.startsWith('mandat:')).flatMap(idsMeant);
  const { unknown, ...found } = await selectMandates(ctx, numbers);
  if (unknown[0] !== undefined) throw noSuchMandate(unknown[0]);
  const open = new Set(found.evidence.map(({ conclusion }) => conclusion));
  return { ...found, ids: [...found.ids, ...ids], open };
}

function idsMeant(typed: string): string[] {
  if (isUuid(typed)) return [typed];
  const text = Buffer.from(readText(typed)).toString();
  const ids = text
    .split('\n')
    .map((line) => line.trim().toLowerCase())
    .filter((line) => line !== '' && !line.startsWith('#'));
  const wrong = ids.find((id) => !isUuid(id));
  if (wrong !== undefined) throw new CommandError(`${typed} : « ${wrong} » n’est pas l’identifiant d’une entrée`);
  return ids;
}

function place(given: Given, option: string): bigint | undefined {
  const typed = given.text(option);
  if (typed === undefined) return undefined;
  if (!/^(0|[1-9][0-9]{0,17})$/.test(typed)) throw new CommandError(`--${option} : « ${typed} » n’est pas une place`);
  return BigInt(typed);
}

async function explained<Result>(work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof ExportRefused || error instanceof Unreadable) throw new CommandError(error.message);
    throw error;
  }
}

/** Never over a file that is there; readable by its owner alone. */
async function write(path: string, { pieces }: JournalExport): Promise<void> {
  const file = await open(path, 'wx', 0o600).catch((error: NodeJS.ErrnoException) => {
    throw new CommandError(`${path} ne s’écrit pas (${error.code})`);
  });
  try {
    for (const piece of pieces) await file.write(piece);
  } finally {
    await file.close();
  }
}

const verifyCommand: Command = {
  name: 'journal verify',
  summary:
    'Vérifie un export hors ligne (le fichier .zip, ou le dossier où il est déballé), comme dist/journal-verify.mjs. Sortie : 0, 10, 20 ou 30.',
  arguments: ['FICHIER'],
  options: {
    policy: { hint: 'les clés que vous croyez (C2SP tlog-policy)', required: true },
    previous: { hint: 'le point de contrôle que vous aviez gardé' },
  },
  async run(given, io) {
    const previous = given.text('previous');
    const asked = { file: given.argument('FICHIER'), policy: required(given, 'policy') };
    const exit = verifyFile({ ...asked, ...(previous === undefined ? {} : { previous }) }, io.out);
    if (exit !== 0) throw new CommandError(`journal verify : ${exit}`, exit);
  },
};

export const journalExportCommands: readonly Command[] = [exportCommand, verifyCommand];
