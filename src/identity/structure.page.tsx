import { textOf } from '#platform/http/form.ts';
import { html, type Reply, redirect, refusedForm } from '#platform/http/reply.ts';
import type { PageRequest } from '#platform/http/route.ts';
import { Structure } from '#views/identity/structure.tsx';
import { listStructuresOf } from './aidant.queries.ts';
import type { AidantAtWork } from './guards.tsx';
import { readReturnTo } from './return-to.rules.ts';
import { switchOrganisation } from './switch-organisation.ts';

type Request = PageRequest<AidantAtWork>;

const REFUSED = 'Vous ne pouvez pas agir pour cette structure. Choisissez-en une dans la liste.';

export async function showStructure(request: Request): Promise<Reply> {
  const { query, filled } = request;
  const suite = readReturnTo(textOf(filled, 'suite') || (query.suite ?? ''));
  return html(
    <Structure {...(await choiceOf(request))} suite={suite} chosen={textOf(filled, 'organisation') || undefined} />,
  );
}

export async function postStructure(request: Request): Promise<Reply> {
  const { ctx, who, form } = request;
  const suite = readReturnTo(textOf(form, 'suite'));
  const { ok } = await switchOrganisation(ctx, { who, organisationId: textOf(form, 'organisation') });
  if (ok) return redirect(suite);
  return refusedForm(<Structure {...(await choiceOf(request))} suite={suite} errors={{ organisation: REFUSED }} />);
}

async function choiceOf({ ctx, who, frame }: Request) {
  const { id, name, active } = who.organisation;
  const structures = await listStructuresOf(ctx.db, who.aidantId);
  return {
    frame,
    structures: structures.map(({ city, departement, ...rest }) => ({ ...rest, place: `${city} (${departement})` })),
    current: { id, name, open: active },
  };
}
