import { html, type Reply, redirect } from '#platform/http/reply.ts';
import type { PageRequest } from '#platform/http/route.ts';
import { LoggedOut, LogOut } from '#views/identity/log-out.tsx';
import type { AidantAtWork } from './guards.tsx';
import { logOut } from './log-out.ts';

type Request = PageRequest<AidantAtWork | null>;

export async function showLogOut({ who, frame }: Request): Promise<Reply> {
  return html(who ? <LogOut frame={frame} /> : <LoggedOut frame={frame} />);
}

/** Answers the same whether or not there was a session: logging out twice is being logged out. */
export async function postLogOut({ ctx, who, browser }: Request): Promise<Reply> {
  if (who) await logOut(ctx, { who, browser });
  return redirect('/deconnexion');
}
