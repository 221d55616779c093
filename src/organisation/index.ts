/**
 * The structures: legal persons that hold mandates, and the ten themes that mandates are about. Owns the table
 * `organisation` and the events `organisation.*`. Called by identity (a structure has members), by the acts and by the
 * operator's commands.
 */
export { addOrganisation } from './add-organisation.ts';
export { changeOrganisation, type OrganisationChange } from './change-organisation.ts';
export { isDepartement } from './contact.rules.ts';
export { organisationEvents } from './organisation.events.ts';
export { findOrganisation, findOrganisationsBySiret, listOrganisations } from './organisation.queries.ts';
export type { Organisation, OrganisationInput } from './organisation.rules.ts';
export { organisationTypeOf, organisationTypes } from './organisation-types.ts';
export { organisationPowers } from './restore/organisation-powers.ts';
export { isSiret } from './siret.rules.ts';
export { type Theme, themeOf, themes } from './themes.ts';
