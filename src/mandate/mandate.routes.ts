import type { Franceconnect } from '#franceconnect';
import type { Route } from '#platform/http/route.ts';

/** The pages of mandates at the aidant's door. */
export function mandateRoutes(_partners: { franceconnect: Franceconnect }): readonly Route[] {
  return [];
}
