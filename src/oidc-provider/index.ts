/**
 * The identity provider: what FranceConnect asks when an aidant connects in a person's name. Owns the tables `oidc_client`,
 * `oidc_payload` and `client_subject`, the event `client.added`, and the pages where the aidant answers (`/agir`). The acts
 * themselves — choice, code, token, identity — are use cases of `#mandate`; OpenID Connect is the library's.
 */
export { addClient } from './add-client.ts';
export { leadsToPartner } from './answer.paths.ts';
export type { ClientInput } from './client.rules.ts';
export { createProvider, type IdentityProvider } from './create-provider.ts';
export { actingFrame } from './end-acting.page.tsx';
export { oidcProviderJobs } from './oidc-provider.jobs.ts';
export { providerEvents } from './provider.events.ts';
export { providerRoutes } from './provider.routes.ts';
export { providerPaths } from './provider-paths.ts';
