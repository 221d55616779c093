import { anyone, type Guard, type Route, route } from '#platform/http/route.ts';
import { type EntriesDoor, entriesPage } from './entries.page.ts';
import { checkpointPage, closedCheckpointPage, closedTilePage, policyPage, tilePage } from './tree.page.ts';

const open = { cookieless: true };

/**
 * The public side of both logs (C2SP tlog-tiles): hashes, checkpoints, the policy. Any C2SP client can follow them. After
 * `journalEntriesRoutes`, whose paths are among those of the tiles.
 */
export function journalRoutes(): readonly Route[] {
  return [
    route('get', '/journal/policy.txt', anyone, policyPage, open),
    // « closed » is no name of a log
    route('get', '/journal/closed/:n/checkpoint', anyone, closedCheckpointPage, open),
    route('get', '/journal/closed/:n/tile/*path', anyone, closedTilePage, open),
    route('get', '/journal/:log/checkpoint', anyone, checkpointPage, open),
    route('get', '/journal/:log/tile/*path', anyone, tilePage, open),
  ];
}

/** The entries as they are hashed, for auditors of the whole country. */
export function journalEntriesRoutes<Who>(auditor: Guard<Who>, door: EntriesDoor<Who>): readonly Route[] {
  return [route('get', '/journal/:log/tile/entries/*path', auditor, entriesPage(door))];
}
