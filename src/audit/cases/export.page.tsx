import type { AuditorAtWork } from '#identity';
import { type FieldErrors, type Form, textOf } from '#platform/http/form.ts';
import { html, refusedForm } from '#platform/http/reply.ts';
import type { Page, PageRequest } from '#platform/http/route.ts';
import { inGroups } from '#platform/ids/ids.ts';
import { ExportPage } from '#views/audit/mandate-file/export.tsx';
import { limitReply } from '../limit-page.tsx';
import { countExport } from '../limits.ts';
import { zipReply } from '../zip-reply.ts';
import { caseExportPath, casePath } from './case.paths.ts';
import type { CaseRow } from './case.queries.ts';
import { caseOf } from './case-page.ts';
import { exportCase, type KeptOfLogs, logsOf, openIdentityOf } from './export-case.ts';

type Asked = PageRequest<AuditorAtWork>;

/** The field of the checkpoint that the auditor kept of each log. */
const KEPT = { actes: 'keptActes', acces: 'keptAcces' } as const;
const keptIn = (form: Form | null): KeptOfLogs => ({
  actes: textOf(form, KEPT.actes),
  acces: textOf(form, KEPT.acces),
});

export const caseExportPage: Page<AuditorAtWork> = async (request) =>
  html(await view(request, await caseOf(request), {}, keptIn(request.filled)));

export const caseExportPost: Page<AuditorAtWork> = async (request) => {
  const { ctx, who, form } = request;
  const row = await caseOf(request);
  const limited = await countExport(ctx, who);
  if (limited) return limitReply(request, limited);
  const kept = keptIn(form);
  const made = await exportCase(ctx, who, row, kept);
  if (made.ok) return zipReply(made.name, made.zip);
  return refusedForm(await view(request, row, { [made.field ? KEPT[made.field] : 'form']: made.message }, kept));
};

const CONTENTS =
  'Vous recevez un fichier ZIP\u00a0: les entrées qui sont dans votre périmètre, chacune avec sa preuve, les notes, la décision, et comment vérifier.';

async function view({ ctx, who, frame }: Asked, row: CaseRow, errors: FieldErrors, kept: KeptOfLogs) {
  const number = inGroups(row.number).replaceAll('\u00a0', ' '); // may be cut between two groups
  const logs = await logsOf(ctx, who, row);
  return (
    <ExportPage
      frame={frame}
      what="Exporter le dossier de contrôle"
      number={number}
      back={{ href: casePath(row.id), label: `Dossier de contrôle ${number}` }}
      action={caseExportPath(row.id)}
      contents={CONTENTS}
      withIdentity={(await openIdentityOf(ctx, who, row)) !== undefined}
      kept={logs.map((log) => ({ log, name: KEPT[log], value: kept[log] ?? '' }))}
      errors={errors}
    />
  );
}
