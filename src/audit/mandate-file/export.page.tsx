import type { AuditorAtWork } from '#identity';
import { notFound } from '#platform/http/errors.ts';
import { type FieldErrors, textOf } from '#platform/http/form.ts';
import { html, refusedForm } from '#platform/http/reply.ts';
import type { Page, PageRequest } from '#platform/http/route.ts';
import { inGroups } from '#platform/ids/ids.ts';
import { ExportPage } from '#views/audit/mandate-file/export.tsx';
import { limitReply } from '../limit-page.tsx';
import { countExport } from '../limits.ts';
import { identitiesOpenTo } from '../unmask/open-identities.queries.ts';
import { zipReply } from '../zip-reply.ts';
import { exportMandateFile } from './export-mandate-file.ts';
import { mandateExportPath, mandateFilePath } from './mandate-file.paths.ts';
import { findMandateInScope } from './mandate-file.queries.ts';

type Asked = PageRequest<AuditorAtWork>;

/** The field of the checkpoint that the auditor kept. */
const KEPT = 'kept';

export const exportPage: Page<AuditorAtWork> = async (request) =>
  html(await view(request, {}, textOf(request.filled, KEPT)));

export const exportPost: Page<AuditorAtWork> = async (request) => {
  const { ctx, who, params, form } = request;
  const limited = await countExport(ctx, who);
  if (limited) return limitReply(request, limited);
  const kept = textOf(form, KEPT);
  const made = await exportMandateFile(ctx, who, { named: params.id ?? '', kept });
  if (made.ok) return zipReply(made.name, made.zip);
  if (made.reason === 'not-found') throw notFound();
  const field = made.reason === 'bad-previous' ? KEPT : 'form';
  return refusedForm(await view(request, { [field]: made.message }, kept));
};

const CONTENTS =
  'Vous recevez un fichier ZIP\u00a0: toutes les entrées publiées du mandat, chacune avec sa preuve, le point de contrôle cosigné, et comment vérifier.';

async function view({ ctx, who, frame, params, now }: Asked, errors: FieldErrors, kept: string) {
  const mandate = await findMandateInScope(ctx.db, who, params.id ?? '');
  if (!mandate) throw notFound();
  const open = await identitiesOpenTo(ctx.db, who, [mandate.usagerId], now);
  const number = inGroups(mandate.number).replaceAll('\u00a0', ' '); // may be cut between two groups
  return (
    <ExportPage
      frame={frame}
      what="Exporter le dossier du mandat"
      number={number}
      back={{ href: mandateFilePath(mandate.id), label: `Dossier du mandat ${number}` }}
      action={mandateExportPath(mandate.id)}
      contents={CONTENTS}
      withIdentity={open.has(mandate.usagerId)}
      kept={[{ name: KEPT, log: 'actes', value: kept }]}
      errors={errors}
    />
  );
}
