import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inject } from 'vitest';
import { makeDemoSecrets } from '#app/demo/secrets.ts';
import { type DemoWorld, startDemoWorld } from '#app/demo/world.ts';
import { createTestDatabase, type TestDatabase } from './database.ts';
import { testPort } from './ports.ts';

export type Demo = DemoWorld & { database: TestDatabase };

/** The demonstration itself, on free ports and on a database of this test file: what the journeys walk through. */
export async function startDemo(): Promise<Demo> {
  const database = await createTestDatabase();
  const [app, franceconnect, portal, otherPortal, mail, smtp, signer, witness, otherWitness] = await freePorts(9);
  const folder = await mkdtemp(join(tmpdir(), 'entremise-journal-'));
  const { rolePasswords } = inject('testCluster');
  const world = await startDemoWorld({
    ports: {
      app,
      franceconnect,
      portals: [portal, otherPortal],
      mail,
      smtp,
      signer,
      witnesses: [witness, otherWitness],
    },
    journalFolder: join(folder, 'journal'),
    secrets: { ...(await makeDemoSecrets()), rolePasswords },
    databases: {
      superuser: database.superuserUrl,
      owner: database.ownerUrl,
      app: database.appUrl,
      worker: database.workerUrl,
      reader: database.readerUrl,
    },
    logLevel: 'silent',
    people: 12,
  });
  return {
    ...world,
    database,
    async close() {
      await world.close();
      await database.drop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

type NinePorts = [number, number, number, number, number, number, number, number, number];

async function freePorts(count: number): Promise<NinePorts> {
  return (await Promise.all(Array.from({ length: count }, testPort))) as NinePorts;
}
