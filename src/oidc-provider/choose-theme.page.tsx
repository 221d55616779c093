import { sql } from 'kysely';
import type { AidantAtWork } from '#identity';
import { type ChoiceRefusal, chooseUse, codeIsNeeded, LONGEST_SITE, themesToActFor } from '#mandate';
import { themeOf, themes } from '#organisation';
import { notFound } from '#platform/http/errors.ts';
import { type FieldErrors, textOf } from '#platform/http/form.ts';
import { html, type Reply, redirect, refusedForm } from '#platform/http/reply.ts';
import type { PageRequest } from '#platform/http/route.ts';
import { birthdateInWords, inWords } from '#platform/time/paris.ts';
import { usagerName } from '#usager';
import { Hop } from '#views/layout/hop.tsx';
import { ChooseTheme } from '#views/oidc-provider/choose-theme.tsx';
import { peoplePath, themePath } from './answer.paths.ts';
import { requestView, usableThemes, waiting, waitingRequest } from './answered-request.tsx';
import { readThemeChoice, sitesOf } from './choose-theme.rules.ts';
import type { ClientStore } from './client.store.ts';
import { answeringWithUse, findRequestToAnswer, type PartnerRequest } from './partner-request.ts';
import { resumePath } from './payload.rules.ts';
import { namingSubjects } from './subjects.ts';

type Asked = PageRequest<AidantAtWork>;
type Offer = NonNullable<Awaited<ReturnType<typeof themesToActFor>>>;

/** « Pour quel thème et sur quel site ? » */
export async function showThemes(page: Asked): Promise<Reply> {
  const found = await waitingRequest(page);
  if ('instead' in found) return found.instead;
  return html(viewOf(page, found.request, await offerOf(page, found.request)));
}

/** Choosing is the confirmation: the use is written, the request answered, and the browser leaves by a GET of ours. */
export function postThemes(clients: ClientStore) {
  return async (page: Asked): Promise<Reply> => {
    const { ctx, who, now, params, form } = page;
    const usagerId = params.usager ?? '';
    const wanted = { organisationId: who.organisation.id, usagerId, theme: textOf(form, 'theme') };
    const asked = await findRequestToAnswer(ctx.db, params.uid ?? '', { now, wanted });
    const found = waiting(page, asked.request);
    if ('instead' in found) return found.instead;
    const { request } = found;
    const again = async (errors: FieldErrors) =>
      refusedForm(viewOf(page, request, await offerOf(page, request), errors));
    // the page was that of another structure: the aidant switched in another tab, and decides again
    const shownFor = textOf(form, 'organisation');
    if (shownFor && shownFor !== who.organisation.id) return again({ form: SWITCHED });
    const read = readThemeChoice(form, !asked.facts ? [] : usableThemes(who, request));
    if (!read.ok) return again(read.errors);
    const client = await clients.find(request.clientId);
    if (!client) throw notFound();
    const { uid, clientId, maxAge } = request;
    const chosen = await chooseUse(ctx, {
      ...{ who, usagerId, clientId, maxAge, known: asked.facts, ...read.value, code: textOf(form, 'code') },
      answer: ({ useId, factorAt }) => sql`
        ${namingSubjects({ sector: client.sector, usagerId, aidantId: who.aidantId, now })},
        ${answeringWithUse({ uid, now, useId, factorAt })}`,
    });
    if (chosen.ok) return leaving(page, resumePath(uid));
    if (chosen.reason === 'already-answered') return redirect(peoplePath(uid));
    return again(MESSAGES[chosen.reason] ?? { theme: 'Ce thème ne peut plus être utilisé pour cette personne' });
  };
}

const SWITCHED =
  'Vous avez changé de structure depuis que cette page est ouverte. Vérifiez pour qui vous agissez, puis recommencez.';

const MESSAGES: Partial<Record<ChoiceRefusal, FieldErrors>> = {
  'code-refused': {
    code: 'Ce code n’est pas bon, ou il a déjà servi. Attendez le code suivant dans votre application.',
  },
  'usager-without-email': { form: 'Cette personne n’a plus d’adresse électronique\u00a0: FranceConnect refuserait.' },
};

export function leaving({ frame }: Pick<PageRequest<unknown>, 'frame'>, to: string): Reply {
  return html(
    <Hop
      frame={frame}
      title="Retour vers FranceConnect"
      to={to}
      text="Vous allez revenir à FranceConnect, puis au site de la démarche."
    />,
  );
}

/** A person of another structure, or without an open theme that this request accepts, is nobody. */
async function offerOf({ ctx, who, params, now }: Asked, request: PartnerRequest): Promise<Offer> {
  const organisationId = who.organisation.id;
  const wanted = { organisationId, usagerId: params.usager ?? '', themes: usableThemes(who, request), now };
  const offer = await themesToActFor(ctx.db, wanted);
  if (!offer) throw notFound();
  return offer;
}

function openThemes({ open }: Offer): string[] {
  return themes.map(({ key }) => key).filter((key) => open.some(({ theme }) => theme === key));
}

function viewOf(page: Asked, request: PartnerRequest, offer: Offer, errors?: FieldErrors) {
  const { person, open } = offer;
  const keys = openThemes(offer);
  const typed = page.verb === 'post' ? page.form : page.filled;
  const [only, ...others] = keys;
  return (
    <ChooseTheme
      frame={page.frame}
      organisationId={page.who.organisation.id}
      request={requestView(request)}
      person={{
        name: usagerName(person),
        birthdate: birthdateInWords(person.birthdate),
        href: `/usagers/${person.id}`,
        withoutEmail: person.email === null,
      }}
      action={themePath(request.uid, person.id)}
      themes={keys.map((key) => ({
        key,
        title: themeOf(key)?.title ?? key,
        description: themeOf(key)?.description ?? '',
        end: inWords(open.find(({ theme }) => theme === key)?.endsAt ?? page.now),
      }))}
      sites={sitesOf(keys)}
      longestSite={LONGEST_SITE}
      codeNeeded={!page.who.codeAccepted && codeIsNeeded(page.who.factorAt, page.now, request.maxAge)}
      values={{
        theme: textOf(typed, 'theme') || (only && others.length === 0 ? only : ''),
        site: textOf(typed, 'site'),
        otherSite: textOf(typed, 'otherSite'),
      }}
      errors={errors}
    />
  );
}
