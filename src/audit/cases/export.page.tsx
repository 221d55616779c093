import type { AuditorAtWork } from '#identity';
import type { FieldErrors } from '#platform/http/form.ts';
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
import { exportCase, openIdentityOf } from './export-case.ts';

type Asked = PageRequest<AuditorAtWork>;

export const caseExportPage: Page<AuditorAtWork> = async (request) => html(await view(request, await caseOf(request)));

export const caseExportPost: Page<AuditorAtWork> = async (request) => {
  const { ctx, who } = request;
  const row = await caseOf(request);
  const limited = await countExport(ctx, who);
  if (limited) return limitReply(request, limited);
  const made = await exportCase(ctx, who, row);
  return made.ok ? zipReply(made.name, made.zip) : refusedForm(await view(request, row, { form: made.message }));
};

const CONTENTS =
  'Vous recevez un fichier ZIP\u00a0: les entrées qui sont dans votre périmètre, chacune avec sa preuve, les notes, la décision, et comment vérifier.';

async function view({ ctx, who, frame }: Asked, row: CaseRow, errors: FieldErrors = {}) {
  const number = inGroups(row.number);
  return (
    <ExportPage
      frame={frame}
      title={`Exporter le dossier de contrôle ${number}`}
      back={{ href: casePath(row.id), label: `Dossier de contrôle ${number}` }}
      action={caseExportPath(row.id)}
      contents={CONTENTS}
      withIdentity={(await openIdentityOf(ctx, who, row)) !== undefined}
      errors={errors}
    />
  );
}
