import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { strFromU8, unzipSync } from 'fflate';
import pg from 'pg';
import { vi } from 'vitest';
import { buildVerifier } from '#app/build/programs.ts';
import { events } from '#app/wiring.ts';
import { addComplaint } from '#audit';
import { journalRegistry, record } from '#journal';
import { endMandate, recordPaper } from '#mandate';
import type { Db } from '#platform/db/database.ts';
import { uuidv7 } from '#platform/ids/ids.ts';
import { projectRoot } from '#platform/root.ts';
import type { Agent } from '#support/agent.ts';
import { addTestAuditor, auditorAgent, type TestAuditor } from '#support/auditor.ts';
import { tamper } from '#support/database.ts';
import { type JournalFilter, type JournalledEntry, journalOf } from '#support/journal.ts';
import { addPerson } from '#support/people.ts';
import { sealWorld } from '#support/seal.ts';
import { takeEntryNumbers } from '../../../src/mandate/mandate.queries.ts';
import { useChosen, useIdentityGiven, useRefused } from '../../../src/mandate/use/use.events.ts';
import { type ConcludeWorld, concludeWorld, mandateOf } from '../mandate/conclude-support.ts';

/** « Je n’ai jamais signé » : a letter about this mandate, given to this auditor. The id of the complaint. */
export async function neverSigned({ ctx, mine }: FilesWorld, { number }: Mandate): Promise<string> {
  const about = { mandateNumber: number, motive: 'never-signed', channel: 'letter' } as const;
  const added = await addComplaint(ctx, { ...about, auditorEmail: mine.auditor.email });
  if (!added.ok) throw new Error(added.reason);
  return added.id;
}

export type Mandate = NonNullable<Awaited<ReturnType<typeof mandateOf>>>;
export type At = {
  auditor: TestAuditor;
  agent: Agent;
  /** Posts a form and keeps the bytes that come back: a file. */
  raw(path: string, fields?: Record<string, string>): Promise<{ status: number; headers: Headers; body: Buffer }>;
};

export type FilesWorld = ConcludeWorld & {
  /** Of the Pas-de-Calais, where the structure is; a colleague of the same; one of the Nord. */
  mine: At;
  colleague: At;
  elsewhere: At;
  /** A mandate whose consent FranceConnect signed. */
  concluded(persona?: string): Promise<Mandate>;
  /** A connection, by its entries: chosen, then the identity given or a refusal. */
  connected(mandate: Mandate, given?: { site?: string; refused?: boolean }): Promise<string>;
  ended(mandate: Mandate): Promise<void>;
  paper(mandate: Mandate, answer: Parameters<typeof recordPaper>[1]['answer']): Promise<void>;
  told(filter?: JournalFilter): Promise<JournalledEntry[]>;
  /** As a superuser without triggers: what an operator who cheats would do. */
  tamper(change: (db: Db) => Promise<unknown>): Promise<void>;
};

/** FranceConnect, a structure of the 62, and three auditors at work. */
export async function filesWorld(): Promise<FilesWorld> {
  const world = await concludeWorld();
  const auditor = async (departements: string[]): Promise<At> => {
    const one = await addTestAuditor(world, { departements });
    const agent = await auditorAgent(world, one);
    return { auditor: one, agent, raw: (path, fields) => rawPost(world, agent, path, fields) };
  };
  return {
    ...world,
    mine: await auditor(['62']),
    colleague: await auditor(['62', '80']),
    elsewhere: await auditor(['59']),
    concluded: (persona = 'josette') => concluded(world, persona),
    connected: (mandate, given) => connected(world, mandate, given),
    async ended(mandate) {
      const { organisationId, aidantId, id: mandateId } = mandate;
      const end = { cause: 'revoked-by-usager', knownAt: undefined } as const;
      const done = await endMandate(world.ctx, { organisationId, aidantId, mandateId, end });
      if (!done.ok) throw new Error(done.reason);
    },
    async paper({ id: mandateId, organisationId, aidantId }, answer) {
      const done = await recordPaper(world.ctx, { organisationId, aidantId, mandateId, answer });
      if (!done.ok) throw new Error(done.reason);
    },
    told: (filter = {}) =>
      journalOf(world.database.readerUrl, { keys: world.ctx.keys, registry: journalRegistry(events), ...filter }),
    tamper: (change) => tamper(world, change),
  };
}

/** The same with a mandate and a connection to the CAF under it; what `more` does is sealed with them. */
export async function sealedFilesWorld(
  more: (world: FilesWorld, mandate: Mandate) => Promise<unknown> = async () => undefined,
): Promise<{ world: FilesWorld; mandate: Mandate; policy: string }> {
  const world = await filesWorld();
  const mandate = await world.concluded();
  await world.connected(mandate, { site: 'CAF du Pas-de-Calais' });
  await more(world, mandate);
  return { world, mandate, policy: (await sealWorld(world)).policy };
}

/** Runs the published verifier on files, in a folder of its own; its exit code and what it said. */
export async function runVerifier(
  files: Record<'export.zip' | 'policy.txt', string | Uint8Array> & { 'kept.txt'?: string },
): Promise<{ code: number; out: string }> {
  const folder = mkdtempSync(join(tmpdir(), 'entremise-verify-'));
  try {
    for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, name), content);
    await buildVerifier(projectRoot(), join(folder, 'journal-verify.mjs'));
    const kept = files['kept.txt'] === undefined ? [] : ['--previous', 'kept.txt'];
    const asked = ['journal-verify.mjs', 'export.zip', '--policy', 'policy.txt', ...kept];
    return await new Promise((resolve) => {
      execFile(process.execPath, asked, { cwd: folder, env: {} }, (error, out) => {
        resolve({ code: error ? Number(error.code ?? -1) : 0, out });
      });
    });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The checkpoint in an export, as an auditor keeps it. */
export function checkpointOf(zip: Uint8Array): string {
  return strFromU8(unzipSync(zip).checkpoint ?? new Uint8Array());
}

/** Everything that an archive says, to look for what must not be in it. */
export function textInside(zip: Uint8Array): string {
  return Object.values(unzipSync(zip))
    .map((bytes) => strFromU8(bytes))
    .join('\n');
}

async function rawPost({ url }: ConcludeWorld, agent: Agent, path: string, fields: Record<string, string> = {}) {
  const cookie = [...agent.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
  const response = await fetch(new URL(path, url), {
    method: 'POST',
    body: new URLSearchParams({ _csrf: agent.csrfToken(), ...fields }),
    headers: { cookie, origin: url },
    redirect: 'manual',
  });
  return { status: response.status, headers: response.headers, body: Buffer.from(await response.arrayBuffer()) };
}

async function concluded(world: ConcludeWorld, persona: string): Promise<Mandate> {
  const aidant = await addPerson(world, {
    organisationIds: [world.structure.id],
    firstName: 'Claire',
    lastName: 'Martin',
  });
  const desk = await world.at(aidant);
  const { id, page } = await desk.prepare(persona, { themes: ['famille', 'logement'], duration: 'MONTH' });
  await desk.accept(id, page, world.newCode(aidant));
  const mandate = await mandateOf(world, id);
  if (!mandate) throw new Error('no mandate');
  return mandate;
}

async function connected(
  { ctx }: ConcludeWorld,
  mandate: Mandate,
  { site = 'CAF', refused = false }: { site?: string; refused?: boolean } = {},
): Promise<string> {
  const use = uuidv7(ctx.clock.now());
  const { usagerId, aidantId, organisationId, id: mandateId, journalAlias: alias } = mandate;
  await ctx.db.transaction().execute(async (trx) => {
    const numbers = await takeEntryNumbers(trx, mandateId, 2);
    const common = { actor: { aidantId, organisationId }, about: { usagerId, mandateId }, theme: 'famille' } as const;
    const clear = { use, client: 'franceconnect-test' };
    await record(
      ctx,
      trx,
      useChosen.event({
        ...common,
        mandate: { alias, mn: numbers[0] },
        result: 'ok',
        clear,
        committed: { site },
        subject: { kind: 'usager', id: usagerId },
      }),
      refused
        ? useRefused.event({
            ...common,
            mandate: { alias, mn: numbers[1] },
            result: 'refused',
            clear: { ...clear, step: 'code', reason: 'session-closed' },
          })
        : useIdentityGiven.event({ ...common, mandate: { alias, mn: numbers[1] }, result: 'ok', clear }),
    );
  });
  return use;
}

/** Statements that the pools were handed while `work` ran, `begin` and `commit` included. */
export async function queriesOf(work: () => Promise<unknown>): Promise<number> {
  const spy = vi.spyOn(pg.Client.prototype, 'query');
  try {
    await work();
    return spy.mock.calls.length;
  } finally {
    spy.mockRestore();
  }
}
