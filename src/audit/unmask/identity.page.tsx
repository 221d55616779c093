import type { AuditorAtWork } from '#identity';
import { notFound } from '#platform/http/errors.ts';
import { html } from '#platform/http/reply.ts';
import type { Page } from '#platform/http/route.ts';
import { birthdateInWords, momentOf } from '#platform/time/paris.ts';
import { birthplaceInWords, type Usager, usagerName } from '#usager';
import { IdentityPage } from '#views/audit/unmask/identity.tsx';
import { maskedCode } from '../mask.ts';
import type { OpenIdentity } from './open-identities.queries.ts';
import { showIdentity } from './show-identity.ts';
import { complaintPath, unmaskingPath } from './unmask.paths.ts';

/** Who the person is, for the one auditor it is open to; nobody else is told that the page exists. */
export const identityPage =
  (by: OpenIdentity['by']): Page<AuditorAtWork> =>
  async ({ ctx, who, frame, params }) => {
    const id = params.id ?? '';
    const shown = await showIdentity(ctx, who, { by, id });
    if (!shown) throw notFound();
    return html(
      <IdentityPage
        frame={frame}
        backHref={by === 'unmasking' ? unmaskingPath(id) : complaintPath(id)}
        code={maskedCode(ctx.keys, shown.usager.id)}
        rows={rowsOf(shown.usager)}
        until={shown.until && momentOf(shown.until)}
      />,
    );
  };

const GENDERS = { female: 'Féminin', male: 'Masculin', unspecified: 'Non précisé' } as const;

function rowsOf(usager: Usager) {
  return [
    { term: 'Nom', value: usagerName(usager) },
    { term: 'Date de naissance', value: birthdateInWords(usager.idpBirthdate ?? usager.birthdate) },
    { term: 'Lieu de naissance', value: birthplaceInWords(usager) },
    { term: 'Sexe', value: GENDERS[usager.gender] },
  ];
}
