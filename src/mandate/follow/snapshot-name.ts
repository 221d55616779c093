import { z } from 'zod';
import type { Snapshot } from '#consent';
import { birthdateInWords } from '#platform/time/paris.ts';
import { type Gender, type Usager, usagerName } from '#usager';

/** The person as the mandate names them: what it says does not change with the civil status. */
export function nameInSnapshot({ usager }: Pick<Snapshot, 'usager'>): string {
  const { givenName, familyName, preferredUsername, gender } = usager;
  return usagerName({ givenName, familyName, preferredUsername: preferredUsername ?? null, gender: gender as Gender });
}

/** What pages say of who a person is. */
export type WhoItIs = Pick<Usager, 'givenName' | 'familyName' | 'preferredUsername' | 'gender' | 'birthdate'>;

const told = z.object({
  usager: z.object({
    givenName: z.string(),
    familyName: z.string(),
    preferredUsername: z.string().nullable().default(null),
    gender: z.enum(['female', 'male', 'unspecified']),
    birthdate: z.string(),
  }),
});

/** The person as a stored mandate names them; undefined when what is stored cannot be read any more. */
export function whoInSnapshot(written: string): WhoItIs | undefined {
  try {
    return told.parse(JSON.parse(written)).usager;
  } catch {
    return undefined;
  }
}

/** Name and birth date in words. Who is in a damaged mandate has them too: it is followed and ended all the same. */
export function personInWords(who: WhoItIs | undefined): { name: string; birthdate: string } {
  if (!who) return { name: 'Nom illisible', birthdate: 'illisible' };
  return { name: usagerName(who), birthdate: birthdateInWords(who.birthdate) };
}

export function snapshotName(written: string): string {
  return personInWords(whoInSnapshot(written)).name;
}
