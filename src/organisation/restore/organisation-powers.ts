import type { Entry, FollowedPower, Power, PowerKind } from '#journal';
import type { Trx } from '#platform/db/database.ts';
import { organisationChanged } from '../organisation.events.ts';
import { lockOrganisation, updateOrganisation } from '../organisation.queries.ts';
import { DURATIONS, type Organisation } from '../organisation.rules.ts';

type FollowStructure = (trx: Trx, structure: Organisation) => Promise<FollowedPower>;

/** What a change of a structure is about: whether it is open, for which themes, for how long. The rest gives no power. */
function organisationPowersOf({ clear }: Entry): readonly Power[] {
  const { organisation: id, fields, active, themes, longest } = organisationChanged.clear.parse(clear);
  const powers: [name: string, follow: FollowStructure | undefined][] = [
    ['open', active === undefined ? undefined : (trx, row) => keepOpen(trx, row, active)],
    ['themes', themes && ((trx, row) => keepThemes(trx, row, themes))],
    ['longest', fields.includes('longestDuration') ? (trx, row) => keepShort(trx, row, longest) : undefined],
  ];
  return powers.flatMap(([name, follow]) =>
    follow ? [{ of: `organisation ${id} ${name}`, follow: (trx: Trx) => onStructure(trx, id, follow) }] : [],
  );
}

async function onStructure(trx: Trx, id: string, follow: FollowStructure): Promise<FollowedPower> {
  const structure = await lockOrganisation(trx, id);
  return structure ? follow(trx, structure) : {};
}

async function keepOpen(trx: Trx, { id, name, active }: Organisation, told: boolean): Promise<FollowedPower> {
  if (active === told) return {};
  if (told) return { left: name };
  await updateOrganisation(trx, id, { active: false });
  return { taken: name };
}

/** The themes that both the backup and the act allow. Throws when there are none: a structure has at least one. */
async function keepThemes(trx: Trx, structure: Organisation, told: readonly string[]): Promise<FollowedPower> {
  const { id, name, allowedThemes: had } = structure;
  const kept = had.filter((theme) => told.includes(theme));
  const left = told.some((theme) => !had.includes(theme)) ? name : undefined;
  if (kept.length === had.length) return { left };
  if (kept.length === 0)
    throw new Error(
      `la structure «\u00a0${name}\u00a0» n’a plus aucun de ses thèmes\u00a0: donnez-lui ceux que l’acte dit, ou fermez-la`,
    );
  await updateOrganisation(trx, id, { allowedThemes: kept });
  return { left, taken: name };
}

/** The shorter of two ceilings; none is the longest. */
async function keepShort(trx: Trx, structure: Organisation, told: string | undefined): Promise<FollowedPower> {
  const { id, name, longestDuration: had } = structure;
  const longest = DURATIONS.find((one) => one === told) ?? null;
  if (told !== undefined && longest === null) throw new Error(`«\u00a0${told}\u00a0» n’est plus une durée`);
  const rank = (one: Organisation['longestDuration']) => (one === null ? DURATIONS.length : DURATIONS.indexOf(one));
  if (rank(longest) > rank(had)) return { left: name };
  if (rank(longest) === rank(had)) return {};
  await updateOrganisation(trx, id, { longestDuration: longest });
  return { taken: name };
}

/** What entries say of structures, and how what they took away is taken away again after a restore. */
export const organisationPowers: readonly PowerKind[] = [{ kind: organisationChanged, powers: organisationPowersOf }];
