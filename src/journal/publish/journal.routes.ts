import { bytes, open, type Reply } from '#platform/http/reply.ts';
import { anyone, type Guard, type Page, type Route, route } from '#platform/http/route.ts';
import { type EntriesDoor, entriesPage } from './entries.page.ts';
import { NOT_THERE, plainly, TEXT, toldPlainly } from './plain-answers.ts';
import { checkpointPage, closedCheckpointPage, closedTilePage, policyPage, tilePage } from './tree.page.ts';

const cookieless = { cookieless: true };

/** Never kept: what is not there now may be published next. Open to the pages of any site, as what is there. */
const notThere = (): Reply => open(TEXT, NOT_THERE, 'never', 404);

const published = (path: string, page: Page<null>): Route =>
  route('get', path, anyone, plainly(page, notThere), cookieless);

/**
 * The public side of both logs (C2SP tlog-tiles): hashes, checkpoints, the policy. Any C2SP client can follow them. After
 * `journalEntriesRoutes`, whose paths are among those of the tiles.
 */
export function journalRoutes(): readonly Route[] {
  return [
    published('/journal/policy.txt', policyPage),
    // « closed » is no name of a log
    published('/journal/closed/:n/checkpoint', closedCheckpointPage),
    published('/journal/closed/:n/tile/*path', closedTilePage),
    published('/journal/:log/checkpoint', checkpointPage),
    published('/journal/:log/tile/*path', tilePage),
  ];
}

/** The entries as they are hashed, for auditors of the whole country; `login` is where they come in. */
export function journalEntriesRoutes<Who>(
  auditor: Guard<Who>,
  { login, ...door }: EntriesDoor<Who> & { login: string },
): readonly Route[] {
  const page = plainly(entriesPage(door), () => bytes(TEXT, NOT_THERE, 404));
  return [route('get', '/journal/:log/tile/entries/*path', toldPlainly(auditor, login), page, cookieless)];
}
