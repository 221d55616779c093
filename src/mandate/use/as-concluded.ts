import { sql } from 'kysely';
import { z } from 'zod';
import { snapshotJwks, snapshotSealHolds } from '#consent';
import type { AppContext } from '#platform/context.ts';
import type { pivotClaims } from '#usager';
import { authorisationReplaced } from '../conclude/conclude.events.ts';
import { authorisationEnded, mandateEnded } from '../mandate.events.ts';
import { asWritten, type UseFacts } from './facts.ts';

/** What is told of a person. */
export type Identity = Parameters<typeof pivotClaims>[0];

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
type Concluded = z.infer<typeof concludedSchema>;

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

/**
 * Whose identity a use would give, and what its mandate was when it was concluded: undefined when its seal does not hold, or
 * when the journal has its end, since rows that were erased or lost may be written again.
 */
export type SealedUse = { identity: Identity; concluded: Concluded | undefined };

export async function findSealedUse(ctx: AppContext, useId: string): Promise<SealedUse> {
  const { rows } = await sql<Identity & { snapshot: string; snapshotJws: string; hasEnded: boolean }>`
    select p.given_name as "givenName", p.family_name as "familyName", p.preferred_username as "preferredUsername", p.gender,
      p.birthdate, p.idp_birthdate as "idpBirthdate", p.birthplace, p.birthcountry, p.email, m.snapshot,
      m.snapshot_jws as "snapshotJws", ${endInJournal} as "hasEnded"
    from use u join mandate m on m.id = u.mandate_id join usager p on p.id = u.usager_id
    where u.id = ${useId}`.execute(asWritten(ctx.db));
  const [row] = rows;
  if (!row) throw new Error(`there is no use ${useId}`);
  const { snapshot, snapshotJws, hasEnded, ...identity } = row;
  const holds = !hasEnded && (await snapshotSealHolds(snapshotJwks(ctx), snapshot, snapshotJws));
  return { identity, concluded: holds ? concludedSchema.safeParse(JSON.parse(snapshot)).data : undefined };
}

/**
 * Whether a use stays within its mandate as it was concluded and sealed, with a key that is not in the database: the tables alone,
 * which whoever has a password of it may write, let nobody act.
 */
export function isAsConcluded({ identity, concluded }: SealedUse, use: UseFacts, now: Date): boolean {
  if (!concluded) return false;
  const { journalAlias, organisation, usager, themes, endsAt } = concluded;
  return (
    journalAlias === use.journalAlias &&
    organisation.id === use.organisationId &&
    themes.some(({ key }) => key === use.theme) &&
    now < new Date(endsAt) &&
    PERSON.every((name) => usager[name] === identity[name])
  );
}
