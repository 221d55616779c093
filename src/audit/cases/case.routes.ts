import { auditorActive } from '#identity';
import type { JournalRegistry } from '#journal';
import { type Route, route } from '#platform/http/route.ts';
import { answerPage } from './answer.page.tsx';
import { casePage } from './case.page.tsx';
import {
  answerPath,
  CASES,
  caseExportPath,
  casePath,
  decisionPath,
  GATHER,
  notePath,
  sharePath,
} from './case.paths.ts';
import { notePage, notePost, sharePage, sharePost } from './case-forms.page.tsx';
import { casesPage } from './cases.page.tsx';
import { decisionPage, decisionPost } from './decision.page.tsx';
import { caseExportPage, caseExportPost } from './export.page.tsx';
import { gatherPage, gatherPost } from './gather.page.tsx';

export function caseRoutes(parts: { registry: JournalRegistry }): readonly Route[] {
  return [
    route('get', CASES, auditorActive, casesPage),
    route('get', GATHER, auditorActive, gatherPage),
    route('post', GATHER, auditorActive, gatherPost),
    route('get', casePath(':id'), auditorActive, casePage(parts)),
    route('get', notePath(':id'), auditorActive, notePage),
    route('post', notePath(':id'), auditorActive, notePost),
    route('get', sharePath(':id'), auditorActive, sharePage),
    route('post', sharePath(':id'), auditorActive, sharePost),
    route('get', decisionPath(':id'), auditorActive, decisionPage(parts)),
    route('post', decisionPath(':id'), auditorActive, decisionPost(parts)),
    route('get', answerPath(':id'), auditorActive, answerPage(parts)),
    route('get', caseExportPath(':id'), auditorActive, caseExportPage),
    route('post', caseExportPath(':id'), auditorActive, caseExportPost),
  ];
}
