import { auditorActive } from '#identity';
import type { JournalRegistry } from '#journal';
import { type Route, route } from '#platform/http/route.ts';
import { exportPage, exportPost } from './export.page.tsx';
import { mandateFilePage } from './mandate-file.page.tsx';
import { mandateExportPath, mandateFilePath } from './mandate-file.paths.ts';

export function mandateFileRoutes(parts: { registry: JournalRegistry }): readonly Route[] {
  return [
    route('get', mandateFilePath(':id'), auditorActive, mandateFilePage(parts)),
    route('get', mandateExportPath(':id'), auditorActive, exportPage),
    route('post', mandateExportPath(':id'), auditorActive, exportPost),
  ];
}
