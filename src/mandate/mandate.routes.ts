import type { Franceconnect } from '#franceconnect';
import type { Route } from '#platform/http/route.ts';
import { concludeRoutes } from './conclude/conclude.routes.ts';

/** The pages of mandates at the aidant's door. */
export function mandateRoutes({ franceconnect }: { franceconnect: Franceconnect }): readonly Route[] {
  return [...concludeRoutes(franceconnect)];
}
