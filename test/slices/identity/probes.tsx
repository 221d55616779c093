import {
  aidantActive,
  aidantEvenAsleep,
  aidantMayConclude,
  auditorActive,
  auditorLoginRoutes,
  checkCode,
  identityJobs,
  identityRoutes,
} from '#identity';
import { inTransaction } from '#platform/context.ts';
import { listOf, textOf } from '#platform/http/form.ts';
import { html, redirect } from '#platform/http/reply.ts';
import { type Route, route } from '#platform/http/route.ts';
import type { Wiring } from '#support/world.ts';

/** Pages behind each guard, that say what the guard gave them. */
const probes: Route[] = [
  route('get', '/mandats', aidantActive, async ({ who, frame }) =>
    html(
      <main>
        <h1>Mes mandats de {who.organisation.name}</h1>
        <p>{frame.notice}</p>
      </main>,
    ),
  ),
  route('get', '/essai', aidantActive, async ({ filled, frame, url }) =>
    html(
      <form>
        <output>{url}</output>
        <input name="note" defaultValue={textOf(filled, 'note')} />
        <p>{listOf(filled, 'themes').join('+')}</p>
        <p>{filled ? `rempli:${Object.keys(filled).join(',')}` : 'vide'}</p>
        <p>{frame.notice}</p>
      </form>,
    ),
  ),
  route('post', '/essai', aidantActive, async ({ ctx, who, form }) => {
    const verdict = await inTransaction(ctx, (trx) => checkCode(ctx, trx, who, textOf(form, 'code')));
    return html(
      <p>
        note={textOf(form, 'note')} code={verdict} repris={String(who.codeAccepted)}
      </p>,
    );
  }),
  route('get', '/essai/conclure', aidantMayConclude, async () => html(<p>conclure</p>)),
  route('post', '/essai/conclure', aidantMayConclude, async () => redirect('/mandats')),
  route('get', '/essai/dehors', aidantActive, async () => redirect('https://ailleurs.example/')),
  route('get', '/essai/retour', aidantEvenAsleep, async ({ who }) => html(<p>endormi={String(who.asleep)}</p>)),
];

/** The same behind the auditors' guard. */
const auditorProbes: Route[] = [
  route('get', '/auditeur/recherche', auditorActive, async ({ who, frame }) =>
    html(
      <main>
        <h1>Recherche de {who.lastName}</h1>
        <p>{frame.person?.scope}</p>
        <p>{frame.notice}</p>
      </main>,
    ),
  ),
  route('get', '/auditeur/essai', auditorActive, async ({ filled }) =>
    html(<p>{filled ? `rempli:${textOf(filled, 'note')}:${Object.keys(filled).join(',')}` : 'vide'}</p>),
  ),
  route('post', '/auditeur/essai', auditorActive, async ({ ctx, who, form }) => {
    const verdict = await inTransaction(ctx, (trx) => checkCode(ctx, trx, who, textOf(form, 'code')));
    return html(
      <p>
        note={textOf(form, 'note')} code={verdict} repris={String(who.codeAccepted)}
      </p>,
    );
  }),
];

/** Instead of src/app/wiring.ts: people and login alone, with the probes. */
export const probeWiring: Wiring = {
  jobs: identityJobs,
  wire: () => ({
    provider: { paths: [], handler: (_request, _response, next) => next() },
    routes: [
      {
        door: 'aidant',
        table: [...identityRoutes({ leadsAway: (path) => path === '/essai/dehors' }), ...probes],
      },
      { door: 'auditeur', table: [...auditorLoginRoutes(), ...auditorProbes] },
    ],
  }),
};
