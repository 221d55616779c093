import type { AidantAtWork } from '#identity';
import { refuseRequest, searchPeopleToActFor } from '#mandate';
import { themeOf } from '#organisation';
import { html, type Reply } from '#platform/http/reply.ts';
import type { PageRequest } from '#platform/http/route.ts';
import { birthdateInWords } from '#platform/time/paris.ts';
import { usagerName } from '#usager';
import { ChoosePerson, type PersonChoice } from '#views/oidc-provider/choose-person.tsx';
import { NobodyToChoose } from '#views/oidc-provider/nobody-to-choose.tsx';
import { peoplePath, themePath } from './answer.paths.ts';
import { requestView, usableThemes, waitingRequest } from './answered-request.tsx';
import { noteRefusal, type PartnerRequest } from './partner-request.ts';

type Asked = PageRequest<AidantAtWork>;

const LONGEST_SEARCH = 100;

/** « Pour qui agissez-vous ? » */
export async function showPeople(page: Asked): Promise<Reply> {
  const found = await waitingRequest(page);
  if ('instead' in found) return found.instead;
  const { request } = found;
  const { ctx, who, now, query } = page;
  const search = (query.recherche ?? '').slice(0, LONGEST_SEARCH).toWellFormed().trim();
  const afterId = query.apres ?? '';
  const { people, more } = await searchPeopleToActFor(ctx, who, {
    organisationId: who.organisation.id,
    themes: usableThemes(who, request),
    search,
    afterId,
    now,
  });
  if (people.length === 0 && search === '' && afterId === '') return nobody(page, request);
  const { uid } = request;
  const choices = people.map(
    (person): PersonChoice => ({
      id: person.id,
      href: themePath(uid, person.id),
      name: usagerName(person),
      birthdate: birthdateInWords(person.birthdate),
      themes: person.themes.map((theme) => themeOf(theme)?.shortTitle ?? theme),
      withoutEmail: person.email === null,
    }),
  );
  return html(
    <ChoosePerson
      frame={page.frame}
      request={requestView(request)}
      structure={who.organisation.name}
      search={search}
      people={choices}
      firstHref={afterId ? addressOf(uid, { recherche: search }) : null}
      nextHref={more ? addressOf(uid, { recherche: search, apres: people.at(-1)?.id ?? '' }) : null}
    />,
  );
}

/** Explained, and written when it is the partner's perimeter that excludes everybody. */
async function nobody({ ctx, who, frame }: Asked, request: PartnerRequest): Promise<Reply> {
  if (request.perimeter) {
    const { clientId, uid } = request;
    await refuseRequest(ctx, { who, clientId, firstTime: (trx) => noteRefusal(trx, uid) });
  }
  return html(
    <NobodyToChoose
      frame={frame}
      request={requestView(request)}
      structure={who.organisation.name}
      newMandateHref={who.mayConclude ? '/mandats/nouveau' : null}
    />,
  );
}

function addressOf(uid: string, parameters: Record<string, string>): string {
  const given = Object.entries(parameters).filter(([, value]) => value !== '');
  return given.length > 0 ? `${peoplePath(uid)}?${new URLSearchParams(given)}` : peoplePath(uid);
}
