import { textOf } from '#platform/http/form.ts';
import { html, type Reply, redirect, refusedForm } from '#platform/http/reply.ts';
import type { PageRequest } from '#platform/http/route.ts';
import { Resume } from '#views/identity/resume.tsx';
import { whereTheyWere } from './go-back.ts';
import type { AidantAtWork } from './guards.tsx';
import type { Onwards } from './onwards.tsx';
import { resumeSession } from './resume-session.ts';
import { readReturnTo } from './return-to.rules.ts';
import { leaveNotice } from './session.queries.ts';

type Request = PageRequest<AidantAtWork>;

const REFUSED = 'Ce code n’est pas valable. Attendez le code suivant de votre application, puis tapez-le.';

export async function showResume({ ctx, who, frame, query }: Request): Promise<Reply> {
  const suite = readReturnTo(query.suite ?? '');
  const { to, formKept } = await whereTheyWere(ctx, { sessionIdHash: who.sessionIdHash, suite });
  if (!who.asleep) return redirect(to);
  const errors = query.code === 'refuse' ? { code: REFUSED } : undefined;
  return html(<Resume frame={frame} suite={suite} formKept={formKept} errors={errors} />);
}

export const postResume =
  (onwards: Onwards) =>
  async ({ ctx, who, frame, form, browser }: Request): Promise<Reply> => {
    const { sessionIdHash } = who;
    const suite = readReturnTo(textOf(form, 'suite'));
    const { to, formKept } = await whereTheyWere(ctx, { sessionIdHash, suite });
    if (!who.asleep) return onwards(frame, to);
    const outcome = await resumeSession(ctx, { who, browser, code: textOf(form, 'code') });
    if (outcome === 'refused') {
      return refusedForm(<Resume frame={frame} suite={suite} formKept={formKept} errors={{ code: REFUSED }} />);
    }
    if (outcome === 'resumed')
      await leaveNotice(ctx.db, sessionIdHash, formKept ? 'formulaire-repris' : 'code-accepte');
    return onwards(frame, to);
  };
