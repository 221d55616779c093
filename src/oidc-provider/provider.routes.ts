import { aidantActive, aidantEvenAsleep, aidantOrNobody } from '#identity';
import { type Route, route } from '#platform/http/route.ts';
import { cancelPath, END_ACTING, expiredPath, peoplePath, themePath } from './answer.paths.ts';
import { showPeople } from './choose-person.page.tsx';
import { postThemes, showThemes } from './choose-theme.page.tsx';
import type { IdentityProvider } from './create-provider.ts';
import { leaveToFranceconnect, postEndActing, showEndActing } from './end-acting.page.tsx';
import { leaveExpired, postCancel, postExpired, showCancel, showExpired } from './leave-request.page.tsx';

/** The pages of an aidant whom a partner asks. The provider has checked before that the request came by this browser. */
export function providerRoutes({ clients }: IdentityProvider): readonly Route[] {
  const uid = ':uid';
  return [
    route('get', cancelPath(uid), aidantOrNobody, showCancel),
    route('post', cancelPath(uid), aidantOrNobody, postCancel),
    route('get', peoplePath(uid), aidantActive, showPeople),
    route('get', themePath(uid, ':usager'), aidantActive, showThemes),
    route('post', themePath(uid, ':usager'), aidantActive, postThemes(clients)),
    route('get', expiredPath(uid), aidantOrNobody, showExpired),
    route('post', expiredPath(uid), aidantOrNobody, postExpired),
    route('get', `${expiredPath(uid)}/retour`, aidantOrNobody, leaveExpired),
    route('get', END_ACTING, aidantEvenAsleep, showEndActing),
    route('post', END_ACTING, aidantEvenAsleep, postEndActing),
    route('get', `${END_ACTING}/franceconnect`, aidantEvenAsleep, leaveToFranceconnect),
  ];
}
