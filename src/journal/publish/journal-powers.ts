import { sql } from 'kysely';
import type { Trx } from '#platform/db/database.ts';
import { holdLifted, holdPlaced } from '../erase/erase.events.ts';
import type { Entry } from '../parse-entry.ts';
import type { FollowedPower, Power, PowerKind } from '../seal/index.ts';
import { logKeyAnnounced, logKeyRetired } from './publish.events.ts';

/** A key that was retired signs nothing more. The last one of a log stays, and that is told: announce the other one first. */
function retired({ clear, writtenAt }: Entry): readonly Power[] {
  const { vkey } = logKeyRetired.clear.parse(clear);
  const follow = async (trx: Trx): Promise<FollowedPower> => {
    const { rows } = await sql<{ isLast: boolean }>`
      select not exists (select from journal.log_key o where o.log_id = k.log_id and o.vkey <> k.vkey and o.retired_at is null) as is_last
      from journal.log_key k where k.vkey = ${vkey} and k.retired_at is null for update`.execute(trx);
    if (!rows[0]) return {};
    if (rows[0].isLast)
      throw new Error(
        'sans cette clé, le journal n’en a plus\u00a0: annoncez d’abord l’autre («\u00a0journal announce-keys\u00a0»)',
      );
    await sql`update journal.log_key set retired_at = ${writtenAt} where vkey = ${vkey}`.execute(trx);
    return { taken: vkey };
  };
  return [{ of: `log key ${vkey}`, follow }];
}

function announced({ clear }: Entry): readonly Power[] {
  const { vkey } = logKeyAnnounced.clear.parse(clear);
  const follow = async (trx: Trx): Promise<FollowedPower> => {
    const { rows } = await sql`select from journal.log_key where vkey = ${vkey}`.execute(trx);
    return rows.length > 0 ? {} : { left: vkey };
  };
  return [{ of: `log key ${vkey}`, follow }];
}

/** Months under a hold are held again; whose data another hold was about stood in its lost row alone: place it again by name. */
function held({ clear, writtenAt }: Entry): readonly Power[] {
  const { hold, target, ground, first, last } = holdPlaced.clear.parse(clear);
  const follow = async (trx: Trx): Promise<FollowedPower> => {
    const { rows } = await sql`select from journal.hold where id = ${hold}::uuid`.execute(trx);
    if (rows.length > 0) return {};
    if (!first || !last) throw new Error(await lostHold(trx, { target, ground, writtenAt }));
    await sql`
      insert into journal.hold (id, first_month, last_month, ground, placed_at)
      values (${hold}::uuid, ${`${first}-01`}::date, ${`${last}-01`}::date, ${ground}, ${writtenAt})`.execute(trx);
    return { taken: `${first} à ${last}` };
  };
  return [{ of: `hold ${hold}`, follow }];
}

/** What it protected stood in the lost row alone: that a newer hold is the same one placed again, only people can say. */
async function lostHold(
  trx: Trx,
  { target, ground, writtenAt }: { target: string; ground: string; writtenAt: Date },
): Promise<string> {
  const { rows } = await sql<{ id: string }>`
    select id from journal.hold where ground = ${ground} and placed_at > ${writtenAt}
      and case ${target} when 'person' then usager_id is not null else mandate_id is not null end
    order by placed_at desc, id limit 1`.execute(trx);
  const [later] = rows;
  return `ce gel est perdu, et avec lui ce qu’il protégeait\u00a0: placez-le de nouveau («\u00a0journal hold\u00a0») avant d’effacer${
    later ? `, à moins que ce ne soit fait\u00a0: le gel ${later.id} a été placé depuis pour le même motif` : ''
  }`;
}

/** Told by the command itself: what a hold protects is never let go by a restore. */
function lifted({ clear }: Entry): readonly Power[] {
  return [{ of: `hold ${holdLifted.clear.parse(clear).hold}`, follow: async () => ({}) }];
}

/** What entries say of keys of the logs and of holds, and how what they took away is taken away again after a restore. */
export const journalPowers: readonly PowerKind[] = [
  { kind: logKeyRetired, powers: retired },
  { kind: logKeyAnnounced, powers: announced },
  { kind: holdPlaced, powers: held },
  { kind: holdLifted, powers: lifted },
];
