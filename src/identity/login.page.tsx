import { z } from 'zod';
import { readForm, textOf } from '#platform/http/form.ts';
import { html, type Reply, redirect, refusedForm } from '#platform/http/reply.ts';
import type { PageRequest } from '#platform/http/route.ts';
import { emailAddress } from '#platform/http/text-field.ts';
import { Login, type LoginAlert } from '#views/identity/login.tsx';
import { beginLogin } from './begin-login.ts';
import type { Entrance } from './entrance.ts';
import { readReturnTo } from './return-to.rules.ts';
import { readCode } from './totp.rules.ts';

/** Somebody at the pages of login, who may have a session already. */
export type Visit = PageRequest<{ asleep: boolean } | null>;

/** One sentence for every failure: it does not tell whether the address is known, active, or has this code. */
const REFUSED =
  'L’adresse ou le code n’est pas valable. Si vous venez d’utiliser ce code, attendez le suivant, puis réessayez.';

const loginSchema = z.object({
  email: emailAddress('Tapez votre adresse e-mail.'),
  code: z
    .string({ error: 'Tapez votre code à 6\u00a0chiffres.' })
    .refine((typed) => readCode(typed) !== null, 'Tapez les 6\u00a0chiffres de votre application de codes.'),
});

export const showLogin =
  (entrance: Entrance) =>
  async ({ who, frame, query, filled }: Visit): Promise<Reply> => {
    const suite = readReturnTo(textOf(filled, 'suite') || (query.suite ?? ''), entrance);
    if (who && !who.asleep) return redirect(suite);
    return html(<Login frame={{ ...frame, person: null }} suite={suite} email={textOf(filled, 'email')} />);
  };

export const postLogin =
  (entrance: Entrance) =>
  async ({ ctx, frame, form, browser }: Visit): Promise<Reply> => {
    const suite = readReturnTo(textOf(form, 'suite'), entrance);
    const again = (errors: Record<string, string>) =>
      refusedForm(
        <Login frame={{ ...frame, person: null }} suite={suite} email={textOf(form, 'email')} errors={errors} />,
      );
    const read = readForm(loginSchema, { email: textOf(form, 'email'), code: textOf(form, 'code') });
    if (!read.ok) return again(read.errors);
    const { ok } = await beginLogin(ctx, entrance, { ...read.value, browserHash: browser.idHash, returnTo: suite });
    return ok ? redirect(`${entrance.root}/connexion/attente`) : again({ form: REFUSED });
  };

/** The login form, with the reason why the person is back to it. 410: what they came with does not exist any more. */
export function loginAgain({ firstPage }: Entrance, { frame }: Visit, alert: LoginAlert): Reply {
  return html(<Login frame={{ ...frame, person: null }} suite={firstPage} alert={alert} />, 410);
}
