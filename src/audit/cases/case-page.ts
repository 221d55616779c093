import type { AuditorAtWork } from '#identity';
import { notFound } from '#platform/http/errors.ts';
import type { PageRequest } from '#platform/http/route.ts';
import { recordReading } from '../unmask/record-reading.ts';
import { caseRead } from './case.events.ts';
import { type CaseRow, findCase } from './case.queries.ts';
import { aboutOf, underMandate } from './put-in-case.ts';

type Asked = PageRequest<AuditorAtWork>;

/** The case of an address, for who may see it, at this very request. Throws a 404 for anybody else. */
export async function caseOf({ ctx, who, params }: Asked): Promise<CaseRow> {
  const row = await findCase(ctx.db, who, params.id ?? '');
  if (!row) throw notFound();
  return row;
}

/** The same, and its reading is in the log `acces`. */
export async function readCase(request: Asked): Promise<CaseRow> {
  const row = await caseOf(request);
  const clear = { auditor: request.who.auditorId, case: row.id };
  await recordReading(request.ctx, caseRead.event({ actor: {}, result: 'ok', ...underMandate(aboutOf(row)), clear }));
  return row;
}
