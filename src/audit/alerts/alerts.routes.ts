import { auditorActive } from '#identity';
import type { JournalRegistry } from '#journal';
import { type Route, route } from '#platform/http/route.ts';
import { alertPage, alertPost } from './alert.page.tsx';
import { alertsPage } from './alerts.page.tsx';
import { ALERTS, alertPath, RULES_PAGE } from './alerts.paths.ts';
import { rulesPage } from './rules.page.tsx';

export function alertRoutes(parts: { registry: JournalRegistry }): readonly Route[] {
  return [
    route('get', ALERTS, auditorActive, alertsPage),
    route('get', RULES_PAGE, auditorActive, rulesPage),
    route('get', alertPath(':id'), auditorActive, alertPage(parts)),
    route('post', alertPath(':id'), auditorActive, alertPost(parts)),
  ];
}
