import { createElement } from 'react';
import { findOrganisation, themeOf } from '#organisation';
import type { AppContext } from '#platform/context.ts';
import { pageOf } from '#platform/http/page-of.ts';
import { inGroups } from '#platform/ids/ids.ts';
import type { Job } from '#platform/jobs/jobs.ts';
import { inWords } from '#platform/time/paris.ts';
import {
  MandateEndedMail,
  type MandateEndedProps,
  mandateEndedSubject,
  mandateEndedText,
} from '#views/mails/mandate-ended.tsx';
import { isProfessionalAddress } from '../conclude/professional.queries.ts';
import { verifyUrl } from '../document/document.paths.ts';
import type { EndCause } from '../mandate.rules.ts';
import { type EndToTell, findEndToTell } from './ended-mail.queries.ts';

export const ENDED_MAIL = 'send-mandate-ended-mail';

/**
 * Tells a person that their mandate, or one theme of it, has ended. Nothing is sent to who has no address, nor to a
 * professional: an aidant's address is sometimes left in somebody's FranceConnect account.
 */
export const sendMandateEndedMail: Job = {
  task: ENDED_MAIL,
  async run(ctx, { mandateId = '', authorisationId }) {
    const end = await findEndToTell(ctx.db, { mandateId, authorisationId });
    if (!end?.email) return;
    if (await isProfessionalAddress(end.email.toLowerCase(), ctx.db)) {
      ctx.logger.warn({ mandateId }, 'the address of the person is a professional: no mail');
      return;
    }
    const props = await propsOf(ctx, end);
    await ctx.mailer.send({
      to: end.email,
      subject: mandateEndedSubject(props),
      text: mandateEndedText(props),
      html: pageOf(createElement(MandateEndedMail, props)),
    });
  },
};

async function propsOf(ctx: AppContext, end: EndToTell): Promise<MandateEndedProps> {
  const organisation = await findOrganisation(ctx.db, end.organisationId);
  if (!organisation) throw new Error('a mandate without its structure');
  return {
    structure: { name: organisation.name, phone: organisation.phone },
    number: inGroups(end.number),
    theme: end.theme && (themeOf(end.theme)?.title ?? end.theme),
    endedAt: inWords(end.endedAt),
    why: whyInWords(end),
    mayBeAMistake: end.endCause !== 'expired' && end.endCause !== 'replaced',
    operator: ctx.config.operator,
    verifyUrl: verifyUrl(ctx.config.publicUrl, end.number),
  };
}

const WHY: Readonly<Record<EndCause, string>> = {
  'revoked-by-usager': 'Vous l’avez demandé à la structure.',
  'renounced-by-organisation': 'La structure y a mis fin.',
  replaced: 'Vous avez donné un nouveau mandat à la même structure\u00a0: il remplace l’ancien.',
  expired: 'La durée que vous aviez choisie est écoulée.',
  deceased: 'La structure y a mis fin.',
  protected: 'La structure a appris un changement de votre situation qui ne permet plus de continuer.',
  'organisation-stopped': 'La structure n’aide plus avec ce service.',
};

function whyInWords({ endCause, endChannel }: EndToTell): string {
  if (endChannel === 'stop-code') return 'Il a été arrêté sur Internet, avec le code écrit sur votre papier.';
  return WHY[endCause];
}
