import { type Route, route } from '#platform/http/route.ts';
import { aidantEntrance } from './aidant.entrance.ts';
import { auditorEntrance } from './auditor.entrance.ts';
import { type AuditorAtWork, auditorActor, auditorGuards } from './auditor.guards.ts';
import { type AidantAtWork, aidantActor, aidantGuards, aidantLoggedIn, aidantOrNobody } from './guards.tsx';
import { loginRoutes } from './login.routes.ts';
import { onwardsWith } from './onwards.tsx';
import { postStructure, showStructure } from './structure.page.tsx';
import { postTerms, showTerms } from './terms.page.tsx';

export type IdentityOptions = {
  /** Own addresses (GET) that redirect to another site: a form may only lead there through a page (CSP form-action). */
  leadsAway?: (path: string) => boolean;
};

/** The aidants' pages of people and login. */
export function identityRoutes({ leadsAway = () => false }: IdentityOptions = {}): readonly Route[] {
  const onwards = onwardsWith(leadsAway);
  return [
    ...loginRoutes<AidantAtWork>({ entrance: aidantEntrance, guards: aidantGuards, actorOf: aidantActor, onwards }),
    route('get', '/conditions', aidantOrNobody, showTerms),
    route('post', '/conditions', aidantLoggedIn, postTerms(onwards)),
    route('get', '/structure', aidantLoggedIn, showStructure),
    route('post', '/structure', aidantLoggedIn, postStructure),
  ];
}

/** The auditors' pages of login: nothing under their root leads to another site. */
export function auditorLoginRoutes(): readonly Route[] {
  const onwards = onwardsWith(() => false);
  return loginRoutes<AuditorAtWork>({
    entrance: auditorEntrance,
    guards: auditorGuards,
    actorOf: auditorActor,
    onwards,
  });
}
