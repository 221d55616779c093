import { createElement } from 'react';
import type { AppContext } from '#platform/context.ts';
import { pageOf } from '#platform/http/page-of.ts';
import type { Job } from '#platform/jobs/jobs.ts';
import { inWords } from '#platform/time/paris.ts';
import { AuditorMail, type AuditorMailProps, auditorMailSubject, auditorMailText } from '#views/mails/auditor-mail.tsx';
import { CASES } from '../cases/case.paths.ts';
import { IDENTITIES } from '../unmask/unmask.paths.ts';
import { findAnswered, findRecipient, findWaiting, hasComplaint, hasShare } from './auditor-mail.queries.ts';
import { AUDITOR_MAIL } from './tell-auditors.ts';

type Said = Pick<AuditorMailProps, 'about'> & { until?: Date };
type Recipient = NonNullable<Awaited<ReturnType<typeof findRecipient>>>;

/**
 * Tells an auditor that something waits for them, or was answered: never about whom, never what somebody wrote. Nothing is sent
 * when it is no longer so once the job runs, nor to an account that was closed.
 */
export const sendAuditorMail: Job = {
  task: AUDITOR_MAIL,
  async run(ctx, { about = '', id = '', auditorId = '' }) {
    const to = await findRecipient(ctx.db, auditorId);
    const said = to && (await whatToSay(ctx, to, { about, id }));
    if (!said) return;
    const props: AuditorMailProps = {
      about: said.about,
      until: said.until ? inWords(said.until) : '',
      link: `${ctx.config.publicUrl}${said.about === 'case-shared' ? CASES : IDENTITIES}`,
      operator: ctx.config.operator,
    };
    await ctx.mailer.send({
      to: to.email,
      subject: auditorMailSubject(props),
      text: auditorMailText(props),
      html: pageOf(createElement(AuditorMail, props)),
    });
  },
};

async function whatToSay(
  { db, clock }: AppContext,
  to: Recipient,
  { about, id }: { about: string; id: string },
): Promise<Said | undefined> {
  switch (about) {
    case 'identity-asked': {
      const until = await findWaiting(db, to, id, clock.now());
      return until && { about, until };
    }
    case 'identity-answered': {
      const answer = await findAnswered(db, to, id);
      if (!answer) return undefined;
      return answer.openUntil ? { about: 'identity-granted', until: answer.openUntil } : { about: 'identity-refused' };
    }
    case 'complaint-given':
      return (await hasComplaint(db, to, id)) ? { about } : undefined;
    case 'case-shared':
      return (await hasShare(db, to, id)) ? { about } : undefined;
    default:
      throw new Error(`a mail about what? ${about}`);
  }
}
