import { auditorActive } from '#identity';
import { type Route, route } from '#platform/http/route.ts';
import { entryPath, proofPath } from '../search/search.paths.ts';
import { type EntryParts, entryPage, proofPage } from './entry.page.tsx';

export function entryRoutes(parts: EntryParts): readonly Route[] {
  return [
    route('get', entryPath(':id'), auditorActive, entryPage(parts)),
    route('get', proofPath(':id'), auditorActive, proofPage(parts)),
  ];
}
