import type { AppContext } from '#platform/context.ts';
import { pageOf } from '#platform/http/page-of.ts';
import { inGroups } from '#platform/ids/ids.ts';
import type { Job } from '#platform/jobs/jobs.ts';
import { inWords } from '#platform/time/paris.ts';
import { LOGIN_MAIL_SUBJECT, LoginMail, loginMailText } from '#views/mails/login-mail.tsx';
import { aidantEntrance } from './aidant.entrance.ts';
import { auditorEntrance } from './auditor.entrance.ts';
import { findLoginMail } from './login.queries.ts';
import { loginToken, shortCodeOf } from './login-link.rules.ts';

/** Sends the mail of a login, unless it has been used or is too old. The link and the code are made again from its id. */
async function sendLoginMail(ctx: AppContext, { loginId = '' }: Record<string, string>): Promise<void> {
  const mail = await findLoginMail(ctx.db, loginId, ctx.clock.now());
  if (!mail) return;
  const { name, email, phone } = ctx.config.operator;
  const { root } = mail.door === 'auditeur' ? auditorEntrance : aidantEntrance;
  const props = {
    door: mail.door,
    firstName: mail.firstName,
    link: `${ctx.config.publicUrl}${root}/connexion/lien/${loginToken(ctx.keys, loginId)}`,
    shortCode: inGroups(shortCodeOf(ctx.keys, loginId)),
    end: inWords(mail.expiresAt),
    operator: { name, email, phone },
  };
  await ctx.mailer.send({
    to: mail.email,
    subject: LOGIN_MAIL_SUBJECT,
    text: loginMailText(props),
    html: pageOf(<LoginMail {...props} />),
  });
}

/** Removes what is past its end: sessions (with the forms they kept), kept forms, pending logins, counters. */
async function removeExpired(ctx: AppContext): Promise<void> {
  const now = ctx.clock.now();
  await ctx.db.deleteFrom('session').where('expiresAt', '<=', now).execute();
  await ctx.db.deleteFrom('keptForm').where('expiresAt', '<=', now).execute();
  await ctx.db.deleteFrom('login').where('expiresAt', '<=', now).execute();
  await ctx.db.deleteFrom('rateLimit').where('resetsAt', '<=', now).execute();
}

export const identityJobs: readonly Job[] = [
  { task: 'send-login-mail', run: sendLoginMail },
  { task: 'remove-expired-sessions', run: removeExpired, cron: '*/10 * * * *' },
];
