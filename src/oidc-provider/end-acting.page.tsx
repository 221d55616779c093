import type { AidantAtWork } from '#identity';
import { actingFor, endActing } from '#mandate';
import type { ActingFrame } from '#platform/http/frame.ts';
import { html, type Reply, redirect } from '#platform/http/reply.ts';
import type { HttpRequest, PageRequest } from '#platform/http/route.ts';
import { Hop } from '#views/layout/hop.tsx';
import { EndActing } from '#views/oidc-provider/end-acting.tsx';
import { END_ACTING } from './answer.paths.ts';

type Asked = PageRequest<AidantAtWork>;

/** For the banner of every page: in whose name this browser may still be connected. */
export async function actingFrame({ ctx, browser, now }: HttpRequest): Promise<ActingFrame | null> {
  const acting = await actingFor(ctx.db, { cookieHash: browser.idHash, now });
  return acting && { name: acting.name, endPath: END_ACTING };
}

export async function showEndActing({ ctx, frame, browser, now }: Asked): Promise<Reply> {
  const acting = await actingFor(ctx.db, { cookieHash: browser.idHash, now });
  return html(<EndActing frame={frame} action={END_ACTING} name={acting?.name ?? null} />);
}

/**
 * « Terminer ». Without a hint, which only the site has, FranceConnect asks the browser to confirm and does not send it back:
 * we count the connection as ended here, and again when FranceConnect tells us that it closed it (logout.ts).
 */
export async function postEndActing({ ctx, who, frame }: Asked): Promise<Reply> {
  await endActing(ctx, who.sessionIdHash);
  return html(
    <Hop
      frame={frame}
      title="Fermeture de la connexion"
      to={`${END_ACTING}/franceconnect`}
      text="FranceConnect va vous demander de confirmer la déconnexion. Ensuite, revenez à Entremise."
    />,
  );
}

/** Off-site, by a GET of ours. */
export async function leaveToFranceconnect({ ctx }: Asked): Promise<Reply> {
  return redirect(`${ctx.config.franceconnect.issuer}/session/end`);
}
