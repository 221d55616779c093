import { anyone, type Guard, type Route, route } from '#platform/http/route.ts';
import { AccessibilityPage } from '#views/site/accessibility.tsx';
import { HelpPage } from '#views/site/help.tsx';
import { HomePage } from '#views/site/home.tsx';
import { LegalNoticePage } from '#views/site/legal-notice.tsx';
import { PersonalDataPage } from '#views/site/personal-data.tsx';
import { SiteMapPage } from '#views/site/site-map.tsx';
import { controlRulesPage } from './site/control-rules.page.tsx';
import { staticPage } from './site/static.page.tsx';

/** The pages that say what the service is. A `visitor` guard that knows the aidant lets the header name them. */
export function siteRoutes(visitor: Guard<unknown> = anyone): readonly Route[] {
  return [
    route('get', '/', visitor, staticPage(HomePage)),
    route('get', '/aide', visitor, staticPage(HelpPage)),
    route('get', '/accessibilite', visitor, staticPage(AccessibilityPage)),
    route('get', '/mentions-legales', visitor, staticPage(LegalNoticePage)),
    route('get', '/donnees-personnelles', visitor, staticPage(PersonalDataPage)),
    route('get', '/plan-du-site', visitor, staticPage(SiteMapPage)),
  ];
}

/** What the rules of control look at: said by the database, unlike the pages above. */
export function controlRulesRoutes(visitor: Guard<unknown> = anyone): readonly Route[] {
  return [route('get', '/regles-de-controle', visitor, controlRulesPage)];
}
