import { sql } from 'kysely';
import { z } from 'zod';
import { snapshotSealHolds } from '#consent';
import type { AppContext } from '#platform/context.ts';
import type { Db } from '#platform/db/database.ts';
import type { pivotClaims } from '#usager';
import { authorisationReplaced } from '../conclude/conclude.events.ts';
import { authorisationEnded, mandateEnded } from '../mandate.events.ts';
import { actOnUse, type Outcome, type Refused, type UseStep } from './act-on-use.ts';
import { asWritten, readFacts, type Told, type UseFacts, useFacts } from './facts.ts';

/** What is told of a person. */
type Identity = Parameters<typeof pivotClaims>[0];

/** What a sealed mandate says of whom it binds, and about what. Later forms of it may say more. */
const concludedSchema = z.object({
  journalAlias: z.string(),
  organisation: z.object({ id: z.string() }),
  usager: z.object({
    givenName: z.string(),
    familyName: z.string(),
    birthdate: z.string(),
    birthplace: z.string(),
    birthcountry: z.string(),
  }),
  themes: z.array(z.object({ key: z.string() })),
  endsAt: z.iso.datetime(),
});

/** What a person keeps for life, or changes by a judgment: not the name used, the e-mail, or the sex. */
const PERSON = ['givenName', 'familyName', 'birthdate', 'birthplace', 'birthcountry'] as const;

/**
 * Whether the journal has the end of the mandate, or, among entries that a restore put back (they name no mandate), that of the
 * theme: a mandate younger than the backup has no row left, in which that end would stand. Each reads an index of its own.
 */
const endInJournal = sql<boolean>`(exists (
    select from journal.entry_index i where i.mandate_alias = m.journal_alias::text and i.kind = ${mandateEnded.kind})
  or exists (
    select from journal.entry_index i where i.mandate_alias = m.journal_alias::text and i.mandate_id is null and i.theme = u.theme
      and i.kind in (${authorisationEnded.kind}, ${authorisationReplaced.kind})))`;

/** A use, whose identity it would give, and what its mandate was when it was concluded, as sealed. */
export type SealedUse = UseFacts & {
  identity: Identity;
  /** Rows that were erased or lost may be written again: the journal still has their end. */
  endedInJournal: boolean;
  snapshot: string;
  snapshotJws: string;
};

/** What a query returns of it. */
export type ToldSealedUse = Omit<SealedUse, keyof UseFacts> & { facts: Told<UseFacts> };

/** The columns of a sealed use, for a query that has `use u` with the joins of its facts and may read something else as well. */
export const sealedUse = sql`${useFacts.json} as facts, m.snapshot, m.snapshot_jws as "snapshotJws",
  ${endInJournal} as "endedInJournal", json_build_object('givenName', q.given_name, 'familyName', q.family_name,
    'preferredUsername', q.preferred_username, 'gender', q.gender, 'birthdate', q.birthdate,
    'idpBirthdate', q.idp_birthdate, 'birthplace', q.birthplace, 'birthcountry', q.birthcountry,
    'email', q.email) as identity`;

export function readSealedUse({ facts, identity, endedInJournal, snapshot, snapshotJws }: ToldSealedUse): SealedUse {
  return { ...readFacts(facts), identity, endedInJournal, snapshot, snapshotJws };
}

async function findSealedUse(db: Db, useId: string): Promise<SealedUse> {
  const { rows } = await sql<ToldSealedUse>`
    select ${sealedUse} from use u ${useFacts.joins} where u.id = ${useId}`.execute(asWritten(db));
  const [row] = rows;
  if (!row) throw new Error(`there is no use ${useId}`);
  return readSealedUse(row);
}

/**
 * An act by which a partner is told of the person, in a token or by their identity: `actOnUse`, and only if the use stays
 * within its mandate as it was sealed. What `act` has against it comes first.
 */
export function actOnSealedUse(
  ctx: AppContext,
  step: UseStep<SealedUse> & { step: 'token' | 'identity' },
  act: (use: SealedUse, now: Date) => Outcome,
): Promise<{ ok: true; use: SealedUse } | Refused> {
  return actOnUse(ctx, { ...step, find: findSealedUse }, async (use, now) => {
    const outcome = act(use, now);
    if ('refusal' in outcome || (await isAsConcluded(ctx, use, now))) return outcome;
    return { refusal: 'not-as-concluded' };
  });
}

/**
 * Whether a use stays within its mandate as it was concluded and sealed, with a key that is not in the database: the tables alone,
 * which whoever has a password of it may write, let nobody act.
 */
async function isAsConcluded(ctx: AppContext, use: SealedUse, now: Date): Promise<boolean> {
  if (use.endedInJournal || !(await snapshotSealHolds(ctx, use.snapshot, use.snapshotJws))) return false;
  const { data: concluded } = concludedSchema.safeParse(JSON.parse(use.snapshot));
  if (!concluded) return false;
  const { journalAlias, organisation, usager, themes, endsAt } = concluded;
  return (
    journalAlias === use.journalAlias &&
    organisation.id === use.organisationId &&
    themes.some(({ key }) => key === use.theme) &&
    now < new Date(endsAt) &&
    PERSON.every((name) => usager[name] === use.identity[name])
  );
}
