import { html, type Reply, redirect } from '#platform/http/reply.ts';
import type { PageRequest } from '#platform/http/route.ts';
import { LoggedOut, LogOut } from '#views/identity/log-out.tsx';
import type { Actor, Entrance } from './entrance.ts';
import { logOut } from './log-out.ts';

export async function showLogOut({ who, frame }: PageRequest<unknown>): Promise<Reply> {
  return html(who ? <LogOut frame={frame} /> : <LoggedOut frame={frame} />);
}

/** Answers the same whether or not there was a session: logging out twice is being logged out. */
export const postLogOut =
  <Who extends { sessionIdHash: Buffer }>(entrance: Entrance, actorOf: (who: Who) => Actor) =>
  async ({ ctx, who, browser }: PageRequest<Who | null>): Promise<Reply> => {
    if (who) await logOut(ctx, entrance, { actor: actorOf(who), sessionIdHash: who.sessionIdHash, browser });
    return redirect(`${entrance.root}/deconnexion`);
  };
