import type { Guard } from '#platform/http/route.ts';
import { auditorEntrance } from './auditor.entrance.ts';
import { findAuditorSession } from './auditor.queries.ts';
import type { Actor } from './entrance.ts';
import { type AnySession, sessionGuards, type Waking } from './session-guards.ts';

/** The auditor behind a request. */
export type AuditorAtWork = {
  auditorId: string;
  firstName: string;
  lastName: string;
  /** The only ones they may see, at this very request; null: the whole country. */
  departements: readonly string[] | null;
  /** Names the session for as long as it lasts (the cookie changes at each reprise). */
  sessionIdHash: Buffer;
  /** When a code was last accepted. */
  factorAt: Date;
} & Waking;

type AuditorSession = AnySession & Omit<AuditorAtWork, keyof Waking>;

/** The auditor as the login machine knows them: of no structure. */
export const auditorActor = ({ auditorId }: Pick<AuditorAtWork, 'auditorId'>): Actor => ({
  id: auditorId,
  organisationId: null,
});

/** « Départements : 62, 59 », or « France entière ». */
export function scopeInWords(departements: readonly string[] | null): string {
  if (departements === null) return 'France entière';
  return `${departements.length > 1 ? 'Départements' : 'Département'}\u00a0: ${departements.join(', ')}`;
}

/** The three guards of any door, for its pages of login. */
export const auditorGuards = sessionGuards<AuditorSession, AuditorAtWork>(
  {
    entrance: auditorEntrance,
    find: findAuditorSession,
    actorOf: auditorActor,
    whoIs: ({ lastActivityAt: _activity, notice: _notTold, ...facts }, state) => ({ ...facts, ...state }),
    personOf: ({ firstName, lastName, departements }) => ({
      name: `${firstName} ${lastName}`,
      structure: 'Espace auditeur',
      scope: scopeInWords(departements),
      canSwitch: false,
    }),
  },
  { evenAsleep: 'auditorEvenAsleep', awake: 'auditorActive', orNobody: 'auditorOrNobody' },
);

/** An auditor whose account is active and whose session is awake: for every page under /auditeur. */
export const auditorActive: Guard<AuditorAtWork> = auditorGuards.awake;

/** An auditor with a session, asleep or not. */
export const auditorEvenAsleep: Guard<AuditorAtWork> = auditorGuards.evenAsleep;

/** Anyone; which auditor it is, when there is a session. */
export const auditorOrNobody: Guard<AuditorAtWork | null> = auditorGuards.orNobody;
