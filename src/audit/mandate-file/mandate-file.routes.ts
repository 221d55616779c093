import { auditorActive } from '#identity';
import type { JournalRegistry } from '#journal';
import { type Route, route } from '#platform/http/route.ts';
import { mandateFilePage } from './mandate-file.page.tsx';
import { mandateFilePath } from './mandate-file.paths.ts';

export function mandateFileRoutes(parts: { registry: JournalRegistry }): readonly Route[] {
  return [route('get', mandateFilePath(':id'), auditorActive, mandateFilePage(parts))];
}
