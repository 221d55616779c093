import { type AidantAtWork, leaveNotice } from '#identity';
import { notFound } from '#platform/http/errors.ts';
import { type FieldErrors, textOf } from '#platform/http/form.ts';
import { html, redirect, refusedForm } from '#platform/http/reply.ts';
import type { Page, PageRequest } from '#platform/http/route.ts';
import { OwnEmailPage } from '#views/mandate/follow/own-email.tsx';
import { ownEmailPath, usagerPath } from './follow.paths.ts';
import { giveUsagerEmail } from './give-usager-email.ts';
import { recordUsagerRead } from './record-usager-read.ts';
import { personInWords } from './snapshot-name.ts';
import { findUsagerOf, type PersonSeen } from './usager-page.queries.ts';

type Asked = PageRequest<AidantAtWork>;

/**
 * Where the person who has no e-mail address at FranceConnect gives one of their own. Without a mandate in force, the page of
 * the person says why nothing can be noted.
 */
export const ownEmailPage: Page<AidantAtWork> = async (request) => {
  const { ctx, who } = request;
  const usager = await personOf(request);
  if (!usager.contacts || usager.contacts.email) return redirect(usagerPath(usager.id));
  await recordUsagerRead(ctx, { aidantId: who.aidantId, organisationId: who.organisation.id, usagerId: usager.id });
  return html(emailView(request, usager));
};

export const ownEmailPost: Page<AidantAtWork> = async (request) => {
  const { ctx, who, form } = request;
  const usager = await personOf(request);
  const email = textOf(form, 'email');
  const given = await giveUsagerEmail(ctx, {
    ...{ aidantId: who.aidantId, organisationId: who.organisation.id, usagerId: usager.id, email },
  });
  if (!given.ok && given.reason === 'not-found') throw notFound();
  if (!given.ok && (given.reason === 'not-an-address' || given.reason === 'professional-address'))
    return refusedForm(emailView(request, usager, { email: MESSAGES[given.reason] }));
  if (given.ok) await leaveNotice(ctx.db, who.sessionIdHash, 'adresse-notee');
  return redirect(usagerPath(usager.id));
};

const MESSAGES = {
  'not-an-address': 'Écrivez une adresse e-mail, par exemple nom@exemple.fr',
  'professional-address':
    'Cette adresse est celle d’un aidant ou d’une structure. Il faut une adresse que la personne lit elle-même',
} as const;

async function personOf({ ctx, who, params, now }: Asked): Promise<PersonSeen> {
  const wanted = { organisationId: who.organisation.id, usagerId: params.id ?? '' };
  const usager = await findUsagerOf(ctx.db, wanted, now);
  if (!usager) throw notFound();
  return usager;
}

function emailView({ frame, form, filled }: Asked, usager: PersonSeen, errors?: FieldErrors) {
  return (
    <OwnEmailPage
      frame={frame}
      action={ownEmailPath(usager.id)}
      person={personInWords(usager.who).name}
      usagerHref={usagerPath(usager.id)}
      email={textOf(filled ?? form, 'email')}
      errors={errors}
    />
  );
}
