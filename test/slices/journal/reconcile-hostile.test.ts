import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { changeAidant, renewSecondFactor } from '#identity';
import { registerNode, revokeNode } from '#journal';
import { leafHash } from '#journal/verify';
import { endMandate } from '#mandate';
import { canonicalJson } from '#platform/crypto/canonical-json.ts';
import { sha256 } from '#platform/crypto/hashes.ts';
import { keyringSchema } from '#platform/crypto/keys.ts';
import { makeKeys } from '#platform/crypto/make-keys.ts';
import { aidantChanged } from '../../../src/identity/identity.events.ts';
import { writeLeaves } from '../../../src/journal/record.ts';
import { loadFrontier } from '../../../src/journal/seal/frontier.queries.ts';
import { grow, rootOfFrontier } from '../../../src/journal/seal/frontier.ts';
import { readHead } from '../../../src/journal/seal/head.queries.ts';
import { insertTiles } from '../../../src/journal/seal/seal-batch.ts';
import { signLeaf } from '../../../src/journal/sign-leaf.ts';
import type { MandateRow } from '../mandate/follow-support.ts';
import { newId } from './fixture.ts';
import { type Structure, structureOn } from './mandates-taken-back.ts';
import { type Bed, tamper } from './seal-bed.ts';
import { makeSealedService, type SealedService } from './sealed-service.ts';

// Somebody has the site's password, or the worker's, and wants that nothing comes back after a restore, or that what a person
// had ended stays open. What they wrote is told, entry by entry; everything else follows.

vi.setConfig({ testTimeout: 240_000 });

const GREATEST = 2_147_483_647;

let service: SealedService;
let bed: Bed;
let structure: Structure;
beforeAll(async () => {
  service = await makeSealedService();
  ({ bed } = service);
  structure = await structureOn(bed);
  await bed.write(20);
  await bed.write(3, 'acces');
});
afterAll(() => service?.close());

/** `isWritten`: the rows of the entry are there already. */
type Planted = { kind?: string; alias?: string; mn?: number; id?: string; node?: string; isWritten?: boolean };

/** With the worker's password, which places leaves: an entry of anybody's in the tree. */
async function plantLeaf(
  leaf: Buffer,
  { kind = 'mandate.ended', alias, mn, id = newId(), node = bed.keys.journalNode[0]?.kid ?? '', isWritten }: Planted,
  signature?: Buffer,
) {
  await bed
    .another()
    .db.transaction()
    .execute(async (trx) => {
      await sql`select pg_advisory_xact_lock(${0x6a_6f_75}::int, 1)`.execute(trx);
      const { head, cluster } = await readHead(trx, 1);
      if (!head) throw new Error('there is no head');
      const loaded = await loadFrontier(trx, 1, head.size);
      if (!loaded.ok) throw new Error('there is no frontier');
      const hash = leafHash(sha256, leaf);
      const { frontier, full } = grow(loaded.frontier, [hash]);
      if (!isWritten) {
        await sql`insert into journal.entry (id, log_id, node, leaf, node_sig)
      values (${id}, 1, ${node}, ${leaf}, ${signature ?? Buffer.alloc(64, 7)})`.execute(trx);
        await sql`insert into journal.entry_index (id, log_id, kind, result, mandate_alias, mn)
      values (${id}, 1, ${kind}, 'ok', ${alias ?? null}, ${mn ?? null})`.execute(trx);
      }
      await sql`insert into journal.leaf (log_id, idx, entry_id, leaf_hash)
      values (1, ${String(head.size)}::bigint, ${id}, ${hash})`.execute(trx);
      await insertTiles(trx, 1, full);
      await sql`insert into journal.tree_head (log_id, size, root, last_xid, last_id, system_identifier) values (1,
      ${String(frontier.size)}::bigint, ${rootOfFrontier(frontier)}, ${head.cursor.xid}::xid8, ${head.cursor.id}::uuid,
      ${cluster})`.execute(trx);
    });
  return id;
}

type Said = { alias: string; mn?: number; type?: string; v?: number; clear: Record<string, string> };

/** An entry that looks like ours; `isSigned`: by a registered node, as when a program went wrong. */
async function plantAct({ alias, mn, type = 'mandate.ended', v = 1, clear }: Said, { isSigned = false } = {}) {
  const id = newId();
  const [node] = bed.keys.journalNode;
  if (!node) throw new Error('there is no node');
  const t = new Date().toISOString().replace('Z', '000Z');
  const members = { id, log: 'actes', type, v, t, n: 'A'.repeat(22), node: node.kid, m: alias, r: 'ok', clear };
  const leaf = Buffer.from(canonicalJson({ ...members, ...(mn !== undefined && { mn }) }));
  const signature = isSigned ? await signLeaf(node, leaf) : undefined;
  return plantLeaf(leaf, { kind: type, alias, id, ...(mn !== undefined && { mn }) }, signature);
}

const ending = (endedAt = new Date().toISOString()) => ({
  ...{ cause: 'revoked-by-usager', channel: 'aidant', endedAt, knownAt: endedAt },
});

const end = ({ id: mandateId }: MandateRow) => {
  const { aidantId, organisationId } = structure.aidant;
  const asked = { cause: 'revoked-by-usager', knownAt: undefined } as const;
  return endMandate(structure.ctx, { aidantId, organisationId, mandateId, theme: undefined, end: asked });
};

const mandateOf = async ({ id }: MandateRow) => (await structure.rows()).mandates.find((row) => row.id === id);

/** With the site's password: a mandate that begins in 2999, under the alias of one that is lost. */
async function plantMandate(like: MandateRow, alias: string) {
  const copied = async (table: string) => {
    const { rows } = await sql<{ name: string }>`
      select quote_ident(attname) as name from pg_attribute where attrelid = ${table}::regclass and attnum > 0
        and not attisdropped and attname not in ('id', 'journal_alias', 'number', 'draft_id', 'starts_at', 'ends_at',
        'state_hash', 'mandate_id', 'closed_at', 'closed_cause', 'archived_at')`.execute(bed.app);
    return sql.raw(rows.map(({ name }) => name).join(', '));
  };
  const [ofDraft, ofMandate, draft, id] = [await copied('mandate_draft'), await copied('mandate'), newId(), newId()];
  await sql`insert into mandate_draft (id, journal_alias, ${ofDraft})
    select ${draft}::uuid, gen_random_uuid(), ${ofDraft} from mandate_draft limit 1`.execute(bed.app);
  await sql`insert into mandate (id, journal_alias, number, draft_id, starts_at, ends_at, ${ofMandate})
    select ${id}::uuid, ${alias}::uuid, ${'0'.repeat(16)}, ${draft}::uuid, '2999-01-01', '2999-02-01', ${ofMandate}
    from mandate where id = ${like.id}`.execute(bed.app);
  return id;
}

type IndexRow = { id: string; kind: string; mn: number | null; mandateId: string | null; mandateAlias: string };

const indexOf = async (alias: string) => {
  const { rows } = await sql<IndexRow>`
    select id, kind, mn, mandate_id, mandate_alias from journal.entry_index where mandate_alias = ${alias}
    order by mn, id`.execute(bed.superuser);
  return rows;
};

describe('row 18: somebody does not want that what ended after the backup ends again', () => {
  test('row 18: planted rows and leaves are told one by one; what they hide, count or forge changes nothing', async () => {
    const [ended, counted, kept] = [await structure.conclude(), await structure.conclude(), await structure.conclude()];
    const [declined, open] = [await structure.draft(), await structure.draft()];
    await service.settle();
    const backup = await service.backUp();

    await end(ended);
    await structure.act(counted, 'famille');
    await structure.decline(declined);
    const later = await structure.conclude();
    await end(later);
    await service.settle();
    const ofDraft = (await structure.drafts()).find(({ id }) => id === open);
    const unsigned = [
      await plantAct({ alias: kept.journalAlias, mn: 7, clear: ending() }),
      await plantAct({ alias: kept.journalAlias, mn: 8, v: 99, clear: {} }),
      await plantAct({ alias: kept.journalAlias, mn: 9, clear: ending('1970-01-01T00:00:00.000Z') }),
      await plantAct({ alias: kept.journalAlias, mn: GREATEST, type: 'use.chosen', clear: {} }),
      await plantAct({ alias: ofDraft?.journalAlias ?? '', type: 'consent.declined', clear: {} }),
    ];
    const signed = [
      await plantAct({ alias: kept.journalAlias, mn: 5, v: 99, clear: {} }, { isSigned: true }),
      await plantAct(
        { alias: kept.journalAlias, mn: 6, clear: ending('1970-01-01T00:00:00.000Z') },
        { isSigned: true },
      ),
    ];
    await service.settle();
    const before = await service.treeOf('actes');
    const were = [await mandateOf(ended), await mandateOf(counted)];
    const endings = (await indexOf(ended.journalAlias)).filter(({ mandateId }) => mandateId === ended.id);
    const ofLater = await indexOf(later.journalAlias);
    const [laterStart, laterEnd] = ['mandate.concluded', 'mandate.ended'].map((one) =>
      ofLater.find(({ kind }) => kind === one),
    );
    await service.takeBack(backup);
    await sql`select pg_sleep(1.1)`.execute(bed.superuser); // nobody restores within a second, a test nearly does

    for (const { id, kind, mn } of endings.filter(({ kind: one }) => one.endsWith('.ended')))
      await sql`insert into journal.entry_index (id, log_id, kind, result, mandate_alias, mn, mandate_id, usager_id)
        values (${id}, 1, ${kind}, 'ok', ${ended.journalAlias}, ${mn}, gen_random_uuid(), gen_random_uuid())`.execute(
        bed.app,
      );
    for (const { id, leaf } of before.leaves.filter(({ id: one }) => endings.some(({ id }) => id === one)))
      await sql`insert into journal.entry (id, log_id, node, leaf, node_sig)
        values (${id}, 1, ${bed.keys.journalNode[0]?.kid}, ${leaf}, ${Buffer.alloc(64, 7)})`.execute(bed.app);
    await sql`insert into journal.entry_index (id, log_id, kind, result, mandate_alias, mn)
      values (${newId()}, 1, 'use.chosen', 'ok', ${counted.journalAlias}, ${GREATEST})`.execute(bed.app);
    const stranger = await plantMandate(kept, later.journalAlias);

    const done = await service.cli(['journal', 'reconcile']);
    expect(done.status).toBe(3);
    const { leaves } = await service.treeOf('actes'); // twice where a copy of the bytes was planted
    expect([...new Map(leaves.map((leaf) => [leaf.index, leaf])).values()]).toEqual(before.leaves);
    const told = (id: string) =>
      done.said.split('\n').filter((line) => line.startsWith('ATTENTION') && line.includes(id));
    for (const id of unsigned) expect(told(id)).toEqual([expect.stringContaining('sa signature est fausse')]);
    expect(told(signed[0] ?? '')).toEqual([expect.stringContaining('mandate.ended@99 is not a kind of the journal')]);
    const tooSoon = expect.stringContaining('mandate_ends_no_sooner_than_it_starts');
    expect(told(signed[1] ?? '')).toEqual([tooSoon]);
    expect(told(laterEnd?.id ?? 'none')).toEqual([tooSoon]);
    expect(told(laterStart?.id ?? 'none')).toEqual([
      expect.stringMatching(
        /plus récent que la sauvegarde, et la base a sous son nom le mandat 0000\s0000\s0000\s0000/,
      ),
    ]);
    expect(done.said).toContain('9 acte(s) revenu(s) sans que rien ne suive');
    expect(done.said.match(/Terminé de nouveau/g)).toHaveLength(1);

    expect([await mandateOf(ended), await mandateOf(counted)]).toEqual(were);
    expect(await mandateOf(kept)).toMatchObject({ endedAt: null });
    expect((await structure.rows()).mandates.find(({ id }) => id === stranger)).toMatchObject({ endedAt: null });
    for (const row of await indexOf(ended.journalAlias))
      if (row.kind.endsWith('.ended')) expect(row).toMatchObject({ mandateId: null, mandateAlias: ended.journalAlias });
    expect((await structure.drafts()).find(({ id }) => id === declined)).toMatchObject({ closedCause: 'declined' });
    expect((await structure.drafts()).find(({ id }) => id === open)).toMatchObject({ closedAt: null });

    await expect(structure.act(ended, 'famille')).rejects.toThrow('not-open');
    await structure.act(counted, 'social');
    const again = await service.cli(['journal', 'reconcile', '--whole']);
    expect(again).toMatchObject({
      status: 3,
      said: expect.not.stringMatching(/Terminé de nouveau|refermée|continuent/),
    });
    await service.settle();
  });

  test('row 14: only the row of an entry was removed: it comes back, and the index still says whose it is', async () => {
    const [one] = await indexOf((await structure.conclude()).journalAlias);
    const { aidantId } = await structure.newcomer();
    await renewSecondFactor(structure.ctx, aidantId);
    await service.settle();
    const { rows } = await sql<{ partition: string }>`
      select tableoid::regclass::text as partition from journal.entry where id = ${one?.id}`.execute(bed.superuser);
    const partition = rows[0]?.partition ?? 'none';
    await tamper(
      bed.superuser,
      partition,
      `delete from ${partition} where id in (select id from journal.entry_index where id = '${one?.id}'
         or kind = 'aidant.changed' and aidant_id = '${aidantId}')`,
    );
    const done = await service.cli(['journal', 'reconcile', '--log', 'actes', '--whole']);
    expect(done.out).toEqual([expect.stringContaining(one?.id ?? 'none'), expect.stringContaining('aidant.changed')]);
    expect(done.said).not.toContain('Retiré de nouveau'); // no table was taken back: the factor is the new one
    expect(await indexOf(one?.mandateAlias ?? '')).toContainEqual(one);
    expect(one?.mandateId).not.toBeNull();
  });

  test('row 14: the rows of a conclusion were removed: what it commits to says that its mandate is the one; without it, it is told', async () => {
    const mandate = await structure.conclude();
    const [one] = await indexOf(mandate.journalAlias);
    const id = one?.id ?? 'none';
    await service.settle();
    const { rows } = await sql<{ partition: string }>`
      select tableoid::regclass::text as partition from journal.entry where id = ${id}`.execute(bed.superuser);
    const partition = rows[0]?.partition ?? 'none';
    await tamper(bed.superuser, partition, `delete from ${partition} where id = '${id}'`);
    await tamper(bed.superuser, 'journal.entry_index', `delete from journal.entry_index where id = '${id}'`);
    const reconcile = () => service.cli(['journal', 'reconcile', '--log', 'actes', '--whole']);
    const done = await reconcile();
    expect(done.out).toEqual([expect.stringContaining(id)]);
    expect(done.said).not.toContain(id);
    await tamper(
      bed.superuser,
      'journal.opening',
      `delete from journal.opening where entry_id = '${id}' and name = 'snapshot'`,
    );
    for (const again of [await reconcile(), await reconcile()])
      expect(again).toMatchObject({
        ...{
          status: 3,
          said: expect.stringMatching(new RegExp(`entrée ${id}\\) est plus récent que la sauvegarde.*rien ne prouve`)),
        },
      });
    expect(await mandateOf(mandate)).toMatchObject({ endedAt: null });
  });
});

describe('row 18: nodes that came and went after the backup', () => {
  const aNode = async (name: string) => ({
    keys: { ...bed.keys, journalNode: keyringSchema.parse(await makeKeys(name)).journalNode },
  });

  test('row 18: what a new node wrote follows once it is registered again; what a revoked one wrote never does', async () => {
    const { newcomer: person, ctx } = structure;
    const [gone, kept] = [(await person()).aidantId, (await person()).aidantId];
    const [fresh, leaked] = [await aNode('fresh'), await aNode('leaked')];
    const owner = bed.another('owner');
    await registerNode(leaked, owner.db);
    await service.settle();
    const backup = await service.backUp();
    await registerNode(fresh, owner.db);
    await changeAidant({ ...ctx, ...fresh }, gone, { change: 'deactivated' });
    await revokeNode(owner, owner.db, leaked.keys.journalNode[0].kid);
    const clear = { aidant: kept, change: 'deactivated' } as const;
    const [act] = await writeLeaves(leaked, [aidantChanged.event({ actor: { aidantId: kept }, result: 'ok', clear })]);
    if (!act) throw new Error('nothing was written');
    await plantLeaf(act.leaf, { kind: 'aidant.changed', id: act.id, node: act.node }, act.signature);
    await service.settle();
    await service.takeBack(backup);

    const active = async () => {
      const rows = await bed.superuser.selectFrom('aidant').select(['id', 'active']).execute();
      return [gone, kept].map((id) => rows.find((row) => row.id === id)?.active);
    };
    const toldOf = ({ said }: { said: string }) => said.match(/ne l’a écrite|était révoquée|Retiré de nouveau/g);
    const done = await service.cli(['journal', 'reconcile']);
    expect(toldOf(done)).toEqual(['Retiré de nouveau', 'était révoquée', 'ne l’a écrite']); // the key of the node, again
    expect(await active()).toEqual([true, true]);
    await registerNode(fresh, owner.db);
    const again = await service.cli(['journal', 'reconcile']);
    expect(toldOf(again)).toEqual(['Retiré de nouveau', 'était révoquée']);
    expect(again.said).toContain('Le compte de l’aidant est désactivé');
    expect(await active()).toEqual([false, true]);
    expect(toldOf(await service.cli(['journal', 'reconcile']))).toEqual(['était révoquée']);
    await service.settle();
  });
});

test('row 18: an act that was placed before an older one is still the last', async () => {
  const { newcomer: person, ctx } = structure;
  const [honest, shut] = [(await person()).aidantId, (await person()).aidantId];
  /** Places what this person's account was last written, before what waits for its place. */
  const placeFirst = async (aidantId: string) => {
    const { rows } = await sql<{ id: string; leaf: Buffer }>`select id, leaf from journal.entry
      where position(convert_to(${aidantId}, 'UTF8') in leaf) > 0 order by id desc limit 1`.execute(bed.superuser);
    const [act] = rows;
    if (!act) throw new Error('nothing was written');
    await plantLeaf(act.leaf, { id: act.id, isWritten: true });
  };
  await service.settle();
  const backup = await service.backUp();
  await changeAidant(ctx, honest, { change: 'deactivated' });
  await changeAidant(ctx, honest, { change: 'activated' });
  await placeFirst(honest);
  for (const change of ['deactivated', 'activated', 'deactivated'] as const) await changeAidant(ctx, shut, { change });
  await placeFirst(shut);
  await service.settle();
  await service.takeBack(backup);

  const done = await service.cli(['journal', 'reconcile']);
  expect(done.status).toBe(3);
  expect(done.said.match(/après celle d’un acte plus récent/g)).toHaveLength(3);
  const rows = await bed.superuser.selectFrom('aidant').select(['id', 'active']).execute();
  expect([honest, shut].map((id) => rows.find((row) => row.id === id)?.active)).toEqual([true, false]);
  await service.settle();
});

test('row 18: a true copy of a lost act does not stand for it, even on a machine whose clock is an hour behind', async () => {
  const { aidantId } = await structure.newcomer();
  await service.settle();
  const backup = await service.backUp();
  await changeAidant(structure.ctx, aidantId, { change: 'deactivated' });
  await service.settle();
  const { rows } = await sql<{ id: string; node: string; leaf: Buffer; nodeSig: Buffer; partition: string }>`
    select id, node, leaf, node_sig, tableoid::regclass::text as partition from journal.entry
    where position(convert_to(${aidantId}, 'UTF8') in leaf) > 0 order by id desc limit 1`.execute(bed.superuser);
  const [act] = rows;
  if (!act) throw new Error('nothing was written');
  await service.takeBack(backup);
  await bed.app.transaction().execute(async (trx) => {
    await sql`insert into journal.entry (id, log_id, node, leaf, node_sig)
      values (${act.id}, 1, ${act.node}, ${act.leaf}, ${act.nodeSig})`.execute(trx);
    await sql`insert into journal.entry_index (id, log_id, kind, result)
      values (${act.id}, 1, 'aidant.changed', 'ok')`.execute(trx);
  });
  // a partition has the hours of its month
  const earlier = `greatest(recorded_at - interval '1 hour', date_trunc('month', recorded_at, 'UTC'))`;
  for (const [table, at] of [
    [act.partition, earlier],
    ['journal.entry_index', `recorded_at - interval '1 hour'`],
  ] as const)
    await tamper(bed.superuser, table, `update ${table} set recorded_at = ${at} where id = '${act.id}'`);

  const done = await service.cli(['journal', 'reconcile']);
  expect(done.said).toMatch(new RegExp(`Retiré de nouveau.*${act.id}`));
  const account = bed.superuser.selectFrom('aidant').select('active').where('id', '=', aidantId);
  expect(await account.executeTakeFirst()).toEqual({ active: false });
  await service.settle();
});

describe('row 18: somebody placed bytes that are no entry, and they were sealed, mirrored and cosigned', () => {
  const entryCount = async () => {
    const { rows } = await sql<{
      entries: number;
      indexed: number;
    }>`select (select count(*)::int from journal.entry) as entries,
      (select count(*)::int from journal.entry_index) as indexed`.execute(bed.superuser);
    return rows[0] ?? { entries: 0, indexed: 0 };
  };
  /** Once each, also where a copy of the bytes was planted. */
  const tree = async () => {
    const { leaves, last } = await service.treeOf('actes');
    return { leaves: [...new Map(leaves.map((leaf) => [leaf.index, leaf])).values()], last };
  };
  const said = (change: Record<string, unknown>) => {
    const [node, t] = [bed.keys.journalNode[0]?.kid ?? '', new Date().toISOString().replace('Z', '000Z')];
    const members = {
      id: newId(),
      log: 'actes',
      type: 'door.opened',
      v: 1,
      t,
      n: 'A'.repeat(22),
      node,
      r: 'ok',
      clear: {},
    };
    return Buffer.from(canonicalJson({ ...members, ...change } as Parameters<typeof canonicalJson>[0]));
  };

  test('row 18: their bytes are put back and told, place by place; all the rest comes back as it was; sealing goes on', async () => {
    await service.settle();
    const { leaves: earlier } = await tree();
    const copied = earlier.at(-1);
    const backup = await service.backUp();
    const ended = await structure.conclude();
    await service.settle();
    const copiedLater = (await tree()).leaves.at(-1);
    const first = (await tree()).leaves.length;
    const strange: Buffer[] = [
      Buffer.from('no leaf at all'),
      said({ mn: GREATEST + 1 }),
      said({ type: 'door\0opened' }),
      said({ log: 'acces' }),
      said({ id: copied?.id }),
      copied?.leaf ?? Buffer.alloc(2),
      copied?.leaf ?? Buffer.alloc(2),
      copiedLater?.leaf ?? Buffer.alloc(2),
    ];
    for (const leaf of strange) await plantLeaf(leaf, { kind: 'door.opened' });
    await structure.act(ended, 'famille');
    await service.settle();
    const before = await tree();
    await service.takeBack(backup);

    const done = await service.cli(['journal', 'reconcile']);
    expect(done.status).toBe(3);
    const told = done.said.match(/^ATTENTION : actes, place \d+ .*n’est pas une entrée/gm) ?? [];
    expect(told.map((line) => Number(/place (\d+)/.exec(line)?.[1]))).toEqual(strange.map((_, at) => first + at));
    const after = await tree();
    const asBytes = ({ leaves, last }: typeof after) => ({ leaves: leaves.map(({ id: _id, ...leaf }) => leaf), last });
    expect(asBytes(after)).toEqual(asBytes(before));
    const isStrange = ({ index }: { index: bigint }) => index >= first && index < first + strange.length;
    expect(after.leaves.filter((leaf) => !isStrange(leaf))).toEqual(before.leaves.filter((leaf) => !isStrange(leaf)));
    const ids = after.leaves.filter(isStrange).map(({ id }) => id);
    expect(new Set(ids).size).toBe(strange.length);
    const { rows } = await sql`select from journal.entry_index where id = any(${ids}::uuid[])`.execute(bed.superuser);
    expect(rows).toEqual([]);
    const checked = await service.cli(['journal', 'check', '--log', 'actes']);
    expect(checked.out.join('\n')).toMatch(new RegExp(`entrée\\s${first}\\s: aucun serveur inscrit`));

    await bed.write(3);
    await service.settle();
    const count = await entryCount();
    const again = await service.cli(['journal', 'reconcile', '--log', 'actes', '--whole']);
    expect(again).toMatchObject({ status: 3, out: [], said: expect.stringContaining(told[0] ?? 'nothing') });
    expect(await entryCount()).toEqual({ entries: count.entries + 1, indexed: count.indexed + 1 }); // what tells it
    await service.settle();
  });
});
