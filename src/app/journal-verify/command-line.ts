import { parseArgs } from 'node:util';
import { type ExitCode, reportLines, type Unread, verifyExport } from '#journal/verify';
import { nodeTools } from './node-tools.ts';
import { readExport, readText, Unreadable } from './read-export.ts';

export type Asked = { file: string; policy: string; previous?: string };

const USAGE = [
  'Vérifie un export du journal d’Entremise, sans réseau, et ne garde rien.',
  '',
  '  node journal-verify.mjs EXPORT --policy POLITIQUE [--previous POINT_DE_CONTROLE]',
  '',
  '  EXPORT        le fichier .zip tel qu’il a été reçu, ou le dossier où il est déballé',
  '  --policy      les clés que vous croyez (C2SP tlog-policy) : journal, témoins, quorum',
  '  --previous    le point de contrôle que vous aviez gardé la dernière fois',
  '',
  'Sortie : 0 tout tient ; 10 quelque chose n’a pas été vérifié ; 20 une vérification échoue ; 30 ce qui est donné ne se lit',
  'pas (aucun fichier de ce nom, ni ZIP ni dossier, politique ou point de contrôle illisible) et rien n’a été vérifié.',
];

/** Verifies what a command line names, tells it line by line, and returns the exit code. Never throws. */
export function verifyFromCommandLine(args: readonly string[], out: (line: string) => void): ExitCode {
  const asked = readArguments(args);
  if (!asked) {
    for (const line of USAGE) out(line);
    return args.includes('--help') ? 0 : 30;
  }
  return verifyFile(asked, out);
}

/** The same for `cli journal verify`. */
export function verifyFile({ file, policy, previous }: Asked, out: (line: string) => void): ExitCode {
  try {
    const report = verifyExport(nodeTools(), {
      policy: named('policy', () => readText(policy)),
      ...(previous === undefined ? {} : { previous: named('previous', () => readText(previous)) }),
      ...readExport(file),
    });
    for (const line of reportLines(report)) out(line);
    return report.exit;
  } catch (error) {
    const fault = error instanceof Unreadable ? error.message : `Le vérificateur a échoué\u00a0: ${String(error)}`;
    const unread = error instanceof Unreadable ? error.what : 'export';
    for (const line of reportLines({ exit: 30, unread, fault })) out(line);
    return 30;
  }
}

/** What is read for the auditor is named when it cannot be: the export may be sound. */
function named<Read>(what: Unread['unread'], read: () => Read): Read {
  try {
    return read();
  } catch (error) {
    if (error instanceof Unreadable) throw new Unreadable(error.message, what);
    throw error;
  }
}

function readArguments(args: readonly string[]): Asked | undefined {
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      options: { policy: { type: 'string', multiple: true }, previous: { type: 'string', multiple: true } },
      allowPositionals: true,
    });
    const { policy: policies = [], previous: kept = [] } = values;
    const [[file, ...files], [policy, ...others], [previous, ...more]] = [positionals, policies, kept];
    if (file === undefined || policy === undefined || files.length + others.length + more.length > 0) return undefined;
    return { file, policy, ...(previous === undefined ? {} : { previous }) };
  } catch {
    return undefined;
  }
}
