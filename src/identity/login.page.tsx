import { z } from 'zod';
import { readForm, textOf } from '#platform/http/form.ts';
import { html, type Reply, redirect, refusedForm } from '#platform/http/reply.ts';
import type { PageRequest } from '#platform/http/route.ts';
import { emailAddress } from '#platform/http/text-field.ts';
import { Login, type LoginAlert } from '#views/identity/login.tsx';
import { beginLogin } from './begin-login.ts';
import type { AidantAtWork } from './guards.tsx';
import { FIRST_PAGE, readReturnTo } from './return-to.rules.ts';
import { readCode } from './totp.rules.ts';

type Request = PageRequest<AidantAtWork | null>;

/** One sentence for every failure: it does not tell whether the address is known, active, or has this code. */
const REFUSED =
  'L’adresse ou le code n’est pas valable. Si vous venez d’utiliser ce code, attendez le suivant, puis réessayez.';

const loginSchema = z.object({
  email: emailAddress('Tapez votre adresse e-mail.'),
  code: z
    .string({ error: 'Tapez votre code à 6\u00a0chiffres.' })
    .refine((typed) => readCode(typed) !== null, 'Tapez les 6\u00a0chiffres de votre application de codes.'),
});

export async function showLogin({ who, frame, query, filled }: Request): Promise<Reply> {
  const suite = readReturnTo(textOf(filled, 'suite') || (query.suite ?? ''));
  if (who && !who.asleep) return redirect(suite);
  return html(<Login frame={{ ...frame, person: null }} suite={suite} email={textOf(filled, 'email')} />);
}

export async function postLogin({ ctx, frame, form, browser }: Request): Promise<Reply> {
  const suite = readReturnTo(textOf(form, 'suite'));
  const again = (errors: Record<string, string>) =>
    refusedForm(
      <Login frame={{ ...frame, person: null }} suite={suite} email={textOf(form, 'email')} errors={errors} />,
    );
  const read = readForm(loginSchema, { email: textOf(form, 'email'), code: textOf(form, 'code') });
  if (!read.ok) return again(read.errors);
  const { ok } = await beginLogin(ctx, { ...read.value, browserHash: browser.idHash, returnTo: suite });
  return ok ? redirect('/connexion/attente') : again({ form: REFUSED });
}

/** The login form, with the reason why the person is back to it. 410: what they came with does not exist any more. */
export function loginAgain({ frame }: Request, alert: LoginAlert): Reply {
  return html(<Login frame={{ ...frame, person: null }} suite={FIRST_PAGE} alert={alert} />, 410);
}
