import { auditorActive } from '#identity';
import type { JournalRegistry } from '#journal';
import { type Route, route } from '#platform/http/route.ts';
import { searchPage } from './search.page.tsx';
import { SEARCH } from './search.paths.ts';
import { searchPost } from './search-form.page.tsx';

export function searchRoutes(parts: { registry: JournalRegistry }): readonly Route[] {
  return [route('get', SEARCH, auditorActive, searchPage(parts)), route('post', SEARCH, auditorActive, searchPost)];
}
