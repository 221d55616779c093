import type { Franceconnect } from '#franceconnect';
import { aidantActive, aidantEvenAsleep, aidantMayConclude } from '#identity';
import type { RateLimit } from '#platform/http/rate-limit.ts';
import { type Route, route } from '#platform/http/route.ts';
import { MINUTE } from '#platform/time/clock.ts';
import { agreementPage, answerPage } from './agreement.page.tsx';
import { chooseTermsPage, saveTermsPage } from './choose-terms.page.tsx';
import { draftPath, FRANCECONNECT_END, FRANCECONNECT_RETURN, NEW_MANDATE, RETURN_UNKNOWN } from './conclude.paths.ts';
import { abandonPage, confirmAbandonPage, draftEndPage, withoutFranceconnectPage } from './draft-end.page.tsx';
import { franceconnectReturnPage, returnUnknownPage } from './franceconnect-return.page.tsx';
import { identificationPage } from './identification.page.tsx';
import { newMandatePage, openDraftPage } from './new-mandate.page.tsx';
import { outcomePage } from './outcome.page.tsx';
import { closeSessionPage, leaveSessionOpenPage, sessionClosedPage, sessionPage } from './session.page.tsx';
import { acceptPage, verificationPage } from './verification.page.tsx';

const at = (page?: Parameters<typeof draftPath>[1]) => draftPath(':id', page);

/** One address may belong to a whole town hall: wide, but not endless. */
const newDrafts: RateLimit = { name: 'preparations', max: 600, windowMs: 60 * MINUTE };

/**
 * The pages that conclude a mandate. What FranceConnect sends the browser to lets a sleeping session pass: redeem first, ask
 * after (decisions, « Sessions and forms »).
 */
export function concludeRoutes(franceconnect: Franceconnect): readonly Route[] {
  return [
    route('get', NEW_MANDATE, aidantMayConclude, newMandatePage),
    route('post', NEW_MANDATE, aidantMayConclude, openDraftPage, { limits: [newDrafts] }),
    route('get', at(), aidantMayConclude, chooseTermsPage),
    route('post', at(), aidantMayConclude, saveTermsPage),
    route('get', at('agreement'), aidantMayConclude, agreementPage),
    route('post', at('agreement'), aidantMayConclude, answerPage),
    route('get', at('identification'), aidantMayConclude, identificationPage(franceconnect)),
    route('get', FRANCECONNECT_RETURN, aidantEvenAsleep, franceconnectReturnPage(franceconnect)),
    route('get', at('closeSession'), aidantEvenAsleep, closeSessionPage(franceconnect)),
    route('get', FRANCECONNECT_END, aidantEvenAsleep, sessionClosedPage),
    route('get', RETURN_UNKNOWN, aidantEvenAsleep, returnUnknownPage),
    route('get', at('session'), aidantActive, sessionPage),
    route('post', at('session'), aidantActive, leaveSessionOpenPage),
    route('get', at('outcome'), aidantActive, outcomePage),
    route('get', at('withoutFranceconnect'), aidantActive, withoutFranceconnectPage),
    route('get', at('verification'), aidantMayConclude, verificationPage),
    route('post', at('verification'), aidantMayConclude, acceptPage),
    route('get', at('abandon'), aidantActive, abandonPage),
    route('post', at('abandon'), aidantActive, confirmAbandonPage),
    route('get', at('end'), aidantActive, draftEndPage),
  ];
}
