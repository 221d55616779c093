import { auditorActive } from '#identity';
import type { JournalRegistry } from '#journal';
import { type Route, route } from '#platform/http/route.ts';
import { samplePage, trialPage } from './sample.page.tsx';
import { SAMPLES, samplePath, TRY_SAMPLE } from './sample.paths.ts';
import { samplesPage, samplesPost } from './samples.page.tsx';

export function sampleRoutes(parts: { registry: JournalRegistry }): readonly Route[] {
  return [
    route('get', SAMPLES, auditorActive, samplesPage),
    route('post', SAMPLES, auditorActive, samplesPost),
    route('get', TRY_SAMPLE, auditorActive, trialPage(parts)),
    route('get', samplePath(':id'), auditorActive, samplePage(parts)),
  ];
}
