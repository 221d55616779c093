import { readSnapshot, type Snapshot } from '#consent';
import { type Gender, usagerName } from '#usager';

/** The person as the mandate names them: what it says does not change with the civil status. */
export function nameInSnapshot({ usager }: Pick<Snapshot, 'usager'>): string {
  const { givenName, familyName, preferredUsername, gender } = usager;
  return usagerName({ givenName, familyName, preferredUsername: preferredUsername ?? null, gender: gender as Gender });
}

export function snapshotName(written: string): string {
  return nameInSnapshot(readSnapshot(written));
}
