import { createElement } from 'react';
import { readSnapshot } from '#consent';
import { themeOf } from '#organisation';
import { pageOf } from '#platform/http/page-of.ts';
import { inGroups } from '#platform/ids/ids.ts';
import type { Job } from '#platform/jobs/jobs.ts';
import { inWords } from '#platform/time/paris.ts';
import {
  MandateConcludedMail,
  type MandateConcludedProps,
  mandateConcludedSubject,
  mandateConcludedText,
} from '#views/mails/mandate-concluded.tsx';
import { verifyUrl } from '../document/document.paths.ts';
import { isProfessionalAddress } from './professional.queries.ts';

export const CONCLUDED_MAIL = 'send-mandate-concluded-mail';

/**
 * Tells a person what they have just agreed to, and how to stop it. What was agreed comes from the snapshot, the address from
 * the row when the job runs. Never to a professional: an aidant's address is sometimes left in somebody's FranceConnect account.
 */
export const sendMandateConcludedMail: Job = {
  task: CONCLUDED_MAIL,
  async run(ctx, { mandateId = '' }) {
    const found = await ctx.db
      .selectFrom('mandate')
      .innerJoin('usager', 'usager.id', 'mandate.usagerId')
      .select(['mandate.snapshot', 'usager.email'])
      .where('mandate.id', '=', mandateId)
      .executeTakeFirst();
    if (!found?.email) return;
    if (await isProfessionalAddress(found.email.toLowerCase(), ctx.db)) {
      ctx.logger.warn({ mandateId }, 'the address of the person is a professional: no mail');
      return;
    }
    const props = propsOf(ctx.config.publicUrl, found.snapshot);
    await ctx.mailer.send({
      to: found.email,
      subject: mandateConcludedSubject(props),
      text: mandateConcludedText(props),
      html: pageOf(createElement(MandateConcludedMail, props)),
    });
  },
};

function propsOf(publicUrl: string, stored: string): MandateConcludedProps {
  const { number, organisation, themes, startsAt, endsAt, replaced, operator, addresses } = readSnapshot(stored);
  return {
    structure: { name: organisation.name, phone: organisation.phone },
    number: inGroups(number),
    themes: themes.map(({ title }) => title),
    startsAt: inWords(new Date(startsAt)),
    endsAt: inWords(new Date(endsAt)),
    replaced: replaced.map(({ theme }) => themeOf(theme)?.title ?? theme),
    operator,
    verifyUrl: verifyUrl(publicUrl, number),
    stopUrl: addresses.stop,
  };
}
