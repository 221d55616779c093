import { type ExpressionBuilder, sql } from 'kysely';
import type { Db, Trx } from '#platform/db/database.ts';
import type { DB } from '#platform/db/tables.ts';
import { after, MINUTE } from '#platform/time/clock.ts';

/** FranceConnect connects again without asking anything for this long (federation.md §1.2, §2.6). */
export const FRANCECONNECT_SESSION = 30 * MINUTE;

/** From a departure of which nothing came back: the session, and the time that FranceConnect leaves to open it. */
export const AFTER_DEPARTURE = FRANCECONNECT_SESSION + 10 * MINUTE;

/** The browser behind a request, as an aidant is logged in there. FranceConnect's session belongs to the browser. */
export type BrowserAtWork = {
  aidantId: string;
  sessionIdHash: Buffer;
  /** `Browser.lastingHash`: null when the cookie was lost. */
  browserHash: Buffer | null;
};

export type SessionLeftOpen = {
  /** When FranceConnect will have forgotten it by itself. */
  until: Date;
  /** The ID token, sealed on this draft, that closes it without a question; null when none came back in this browser. */
  hint: { draftId: string; sealed: Buffer } | null;
};

type Drafts = ExpressionBuilder<DB, 'mandateDraft'>;

/** Departures of this very browser: by its own name, and by the session, which lives in one browser. */
export function ofThisBrowser({ sessionIdHash, browserHash }: BrowserAtWork) {
  return (eb: Drafts) =>
    eb.or([eb('sessionIdHash', '=', sessionIdHash), ...(browserHash ? [eb('browserHash', '=', browserHash)] : [])]);
}

/**
 * A session that somebody opened, or may have opened, at FranceConnect in this browser, and that has not been seen closed:
 * whoever was logged in here then. While it is open, FranceConnect would answer for that person, without a password, whoever is
 * in front of the screen. A browser that lost its name answers for every departure of its aidant. `departing`: the draft whose
 * own departure is not an earlier one.
 */
export async function findSessionLeftOpen(
  db: Db | Trx,
  browser: BrowserAtWork,
  { now, departing }: { now: Date; departing?: string },
): Promise<SessionLeftOpen | undefined> {
  const here = ofThisBrowser(browser);
  const rows = await db
    .selectFrom('mandateDraft')
    .select(['id', 'departedAt', 'franceconnectOpenedAt', 'idTokenHintSealed'])
    .select((eb) => here(eb).as('here'))
    .where((eb) => (browser.browserHash ? here(eb) : eb.or([here(eb), eb('aidantId', '=', browser.aidantId)])))
    .where((eb) =>
      eb.or([
        eb('franceconnectOpenedAt', '>', after(now, -FRANCECONNECT_SESSION)),
        eb.and([
          eb('departedAt', '>', after(now, -AFTER_DEPARTURE)),
          ...(departing ? [eb('id', '<>', departing)] : []),
        ]),
      ]),
    )
    .orderBy('franceconnectOpenedAt', (order) => order.desc().nullsLast())
    .execute();
  if (rows.length === 0) return undefined;
  const closable = rows.find(({ here: mine, idTokenHintSealed }) => mine && idTokenHintSealed);
  return {
    until: new Date(Math.max(...rows.map(untilOf))),
    hint: closable?.idTokenHintSealed ? { draftId: closable.id, sealed: closable.idTokenHintSealed } : null,
  };
}

function untilOf({
  departedAt,
  franceconnectOpenedAt,
}: {
  departedAt: Date | null;
  franceconnectOpenedAt: Date | null;
}) {
  const departure = departedAt ? after(departedAt, AFTER_DEPARTURE).getTime() : 0;
  const opening = franceconnectOpenedAt ? after(franceconnectOpenedAt, FRANCECONNECT_SESSION).getTime() : 0;
  return franceconnectOpenedAt ? opening : departure;
}

/** What leaves from one browser, or closes its session, queues up; always taken before any draft is locked. */
export async function lockBrowser(trx: Trx, { sessionIdHash, browserHash }: BrowserAtWork): Promise<void> {
  for (const hash of browserHash ? [sessionIdHash, browserHash] : [sessionIdHash]) {
    await sql`select pg_advisory_xact_lock(hashtextextended(${hash.toString('hex')}, 0))`.execute(trx);
  }
}
