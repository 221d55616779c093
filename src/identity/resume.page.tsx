import { textOf } from '#platform/http/form.ts';
import { html, type Reply, redirect, refusedForm } from '#platform/http/reply.ts';
import type { PageRequest } from '#platform/http/route.ts';
import { Resume } from '#views/identity/resume.tsx';
import type { Actor, Entrance } from './entrance.ts';
import { whereTheyWere } from './go-back.ts';
import type { Onwards } from './onwards.tsx';
import { resumeSession } from './resume-session.ts';
import { readReturnTo } from './return-to.rules.ts';
import { leaveNotice } from './session.queries.ts';

type Sleeper = { sessionIdHash: Buffer; asleep: boolean };

const REFUSED = 'Ce code n’est pas valable. Attendez le code suivant de votre application, puis tapez-le.';

export const showResume =
  (entrance: Entrance) =>
  async ({ ctx, who, frame, query }: PageRequest<Sleeper>): Promise<Reply> => {
    const suite = readReturnTo(query.suite ?? '', entrance);
    const { to, formKept } = await whereTheyWere(ctx, { sessionIdHash: who.sessionIdHash, suite });
    if (!who.asleep) return redirect(to);
    const errors = query.code === 'refuse' ? { code: REFUSED } : undefined;
    return html(<Resume frame={frame} suite={suite} formKept={formKept} errors={errors} />);
  };

export const postResume =
  <Who extends Sleeper>(entrance: Entrance, actorOf: (who: Who) => Actor, onwards: Onwards) =>
  async ({ ctx, who, frame, form, browser }: PageRequest<Who>): Promise<Reply> => {
    const { sessionIdHash } = who;
    const suite = readReturnTo(textOf(form, 'suite'), entrance);
    const { to, formKept } = await whereTheyWere(ctx, { sessionIdHash, suite });
    if (!who.asleep) return onwards(frame, to);
    const code = textOf(form, 'code');
    const outcome = await resumeSession(ctx, entrance, { actor: actorOf(who), sessionIdHash, browser, code });
    if (outcome === 'refused') {
      return refusedForm(<Resume frame={frame} suite={suite} formKept={formKept} errors={{ code: REFUSED }} />);
    }
    if (outcome === 'resumed')
      await leaveNotice(ctx.db, sessionIdHash, formKept ? 'formulaire-repris' : 'code-accepte');
    return onwards(frame, to);
  };
