import { MINUTE } from '#platform/time/clock.ts';

/** Why a use goes no further. Stable codes: they stand in the journal and in `use.refusal`. */
export const REFUSALS = [
  'use-revoked',
  'code-replayed',
  'mandate-expired',
  'mandate-ended',
  'mandate-suspended',
  'theme-ended',
  'theme-not-allowed',
  'organisation-closed',
  'aidant-inactive',
  'aidant-left',
  'session-closed',
  'usager-without-email',
  'no-common-theme',
  'not-as-concluded',
] as const;
export type Refusal = (typeof REFUSALS)[number];

/** What lets a structure act for a person about one theme. */
export type Right = {
  mandateEndsAt: Date;
  mandateEndedAt: Date | null;
  mandateSuspendedAt: Date | null;
  authorisationEndsAt: Date;
  authorisationEndedAt: Date | null;
  organisationActive: boolean;
  themeAllowed: boolean;
  /** FranceConnect refuses an identity without e-mail. */
  usagerHasEmail: boolean;
};

/** What lets an aidant go on with what they chose. */
export type UseRight = Right & {
  revokedAt: Date | null;
  aidantActive: boolean;
  aidantBelongs: boolean;
  /** Null once the aidant has logged out, or has been put out. */
  sessionExpiresAt: Date | null;
};

type Check<Subject> = readonly [Refusal, (right: Subject, now: Date) => boolean];

const RIGHT_CHECKS: readonly Check<Right>[] = [
  ['mandate-expired', ({ mandateEndsAt }, now) => mandateEndsAt <= now],
  ['mandate-ended', ({ mandateEndedAt }) => mandateEndedAt !== null],
  ['mandate-suspended', ({ mandateSuspendedAt }) => mandateSuspendedAt !== null],
  [
    'theme-ended',
    ({ authorisationEndedAt, authorisationEndsAt }, now) => authorisationEndedAt !== null || authorisationEndsAt <= now,
  ],
  ['organisation-closed', ({ organisationActive }) => !organisationActive],
  ['theme-not-allowed', ({ themeAllowed }) => !themeAllowed],
  ['usager-without-email', ({ usagerHasEmail }) => !usagerHasEmail],
];

const USE_CHECKS: readonly Check<UseRight>[] = [
  ['use-revoked', ({ revokedAt }) => revokedAt !== null],
  ...RIGHT_CHECKS,
  ['aidant-inactive', ({ aidantActive }) => !aidantActive],
  ['aidant-left', ({ aidantBelongs }) => !aidantBelongs],
  ['session-closed', ({ sessionExpiresAt }, now) => sessionExpiresAt === null || sessionExpiresAt <= now],
];

/** The first reason against acting for this person about this theme at `now`, to the millisecond; null when there is none. */
export function refusalOfRight(right: Right, now: Date): Refusal | null {
  return RIGHT_CHECKS.find(([, holds]) => holds(right, now))?.[0] ?? null;
}

/** The same for a use that was chosen: also that its aidant may still act, and is still there. */
export function refusalOfUse(right: UseRight, now: Date): Refusal | null {
  return USE_CHECKS.find(([, holds]) => holds(right, now))?.[0] ?? null;
}

/** The age of a code of the aidant that still proves who chooses, in milliseconds. */
export const FACTOR_HOLDS_FOR = 15 * MINUTE;

/**
 * Whether a code must be asked before the choice: what `prompt=login` and `max_age` (seconds, OpenID Connect Core §3.1.2.1)
 * mean here, since the one who authenticates is the aidant.
 */
export function codeIsNeeded(factorAt: Date, now: Date, maxAge?: number): boolean {
  const allowed = Math.min(FACTOR_HOLDS_FOR, (maxAge ?? Number.POSITIVE_INFINITY) * 1000);
  return now.getTime() - factorAt.getTime() > allowed;
}

/** FranceConnect keeps its session this long after an identity was given, and may connect other sites without asking us. */
export const FRANCECONNECT_SESSION = 30 * MINUTE;

/** Longest name of a site, as declared by the aidant; the database holds it too. */
export const LONGEST_SITE = 80;
