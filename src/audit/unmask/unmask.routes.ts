import { auditorActive } from '#identity';
import { type Route, route } from '#platform/http/route.ts';
import { complaintPage, complaintPost } from '../complaint/complaint.page.tsx';
import { askPage, askPost } from './ask.page.tsx';
import { identitiesPage } from './identities.page.tsx';
import { identityPage } from './identity.page.tsx';
import { ASK, IDENTITIES } from './unmask.paths.ts';
import { unmaskingPage, unmaskingPost } from './unmasking.page.tsx';

/** Identities: requests of two auditors, complaints, and what they open. */
export const unmaskRoutes: readonly Route[] = [
  route('get', IDENTITIES, auditorActive, identitiesPage),
  route('get', ASK, auditorActive, askPage),
  route('post', ASK, auditorActive, askPost),
  route('get', `${IDENTITIES}/plaintes/:id`, auditorActive, complaintPage),
  route('post', `${IDENTITIES}/plaintes/:id`, auditorActive, complaintPost),
  route('get', `${IDENTITIES}/plaintes/:id/personne`, auditorActive, identityPage('complaint')),
  route('get', `${IDENTITIES}/:id`, auditorActive, unmaskingPage),
  route('post', `${IDENTITIES}/:id`, auditorActive, unmaskingPost),
  route('get', `${IDENTITIES}/:id/personne`, auditorActive, identityPage('unmasking')),
];
