import type { Franceconnect } from '#franceconnect';
import type { Route } from '#platform/http/route.ts';
import { concludeRoutes } from './conclude/conclude.routes.ts';
import { documentRoutes, publicDocumentRoutes } from './document/document.routes.ts';
import { followRoutes } from './follow/follow.routes.ts';

/** The pages of mandates at the aidant's door. */
export function mandateRoutes({ franceconnect }: { franceconnect: Franceconnect }): readonly Route[] {
  return [...concludeRoutes(franceconnect), ...followRoutes, ...documentRoutes];
}

/** The pages for who holds the paper: check a mandate, stop it with its code. */
export function publicMandateRoutes(): readonly Route[] {
  return publicDocumentRoutes;
}
