import { printable } from './printable.ts';
import type { Check, Status } from './report.ts';
import type { ExportReport, Unread } from './verify-export.ts';

const WORDS: Readonly<Record<Status, string>> = { pass: 'PASS', fail: 'FAIL', 'not-checked': 'NOT CHECKED' };
const VERDICTS: Readonly<Record<0 | 10 | 20, string>> = {
  0: 'TOUT TIENT.',
  10: 'CE QUI A ÉTÉ VÉRIFIÉ TIENT, MAIS TOUT N’A PAS PU L’ÊTRE (lignes NOT CHECKED).',
  20: 'CET EXPORT NE TIENT PAS (lignes FAIL). Ne vous y fiez pas\u00a0; gardez-le tel qu’il est.',
};
const UNREAD: Readonly<Record<Unread['unread'], string>> = {
  export: 'CET EXPORT NE SE LIT PAS.',
  policy: 'RIEN N’A ÉTÉ VÉRIFIÉ\u00a0: la politique donnée (--policy) ne se lit pas.',
  previous: 'RIEN N’A ÉTÉ VÉRIFIÉ\u00a0: le point de contrôle donné (--previous) ne se lit pas.',
};

/**
 * The report as lines for a terminal: what it is, each check with its stable name, the verdict, what it does not prove.
 * Sentences may quote what stands in files: each is made harmless, and stays on one line.
 */
export function reportLines(report: ExportReport | Unread): string[] {
  return linesOf(report).map(printable);
}

function linesOf(report: ExportReport | Unread): string[] {
  if ('fault' in report) return [report.fault, '', `${UNREAD[report.unread]} [30]`];
  return [
    ...(report.notice === undefined ? [] : [report.notice, '']),
    ...report.checks.flatMap(checkLines),
    '',
    `${VERDICTS[report.exit]} [${report.exit}]`,
    '',
    'Ce que cela ne prouve pas\u00a0:',
    ...report.doesNotProve.map((sentence) => `  - ${sentence}`),
  ];
}

function checkLines({ name, status, line, details }: Check): string[] {
  return [
    `${WORDS[status].padEnd(12)} ${name.padEnd(16)} ${line}`,
    ...details.map((detail) => `${' '.repeat(30)}${detail}`),
  ];
}
