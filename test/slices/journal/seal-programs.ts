import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Sealing } from '#platform/config/config.ts';
import { projectRoot } from '#platform/root.ts';
import type { SealerGiven } from '#support/sealer-child.ts';
import type { Bed } from './seal-bed.ts';

const children = new Set<ChildProcess>();
const loads = new Set<{ stop(): Promise<number> }>();

/** Writes in both logs, acts of one to five entries, until stopped; an act that fails is somebody's refusal, no more. */
export function underLoad(bed: Bed, writers = 2): { stop(): Promise<number> } {
  let isOver = false;
  let written = 0;
  const all = Array.from({ length: writers }, async (_, writer) => {
    for (let round = 0; !isOver; round += 1) {
      const count = (round % 5) + 1;
      await bed.write(count, (round + writer) % 3 === 0 ? 'acces' : 'actes').then(
        () => {
          written += count;
        },
        () => sleep(20),
      );
      await sleep(3);
    }
  });
  const load = {
    async stop() {
      isOver = true;
      await Promise.all(all);
      loads.delete(load);
      return written;
    },
  };
  loads.add(load);
  return load;
}

/** A sealing program in a process of its own. */
export async function startSealer(bed: Bed, sealing: Sealing): Promise<ChildProcess> {
  const given: SealerGiven = {
    databaseUrl: bed.cluster.workerUrl,
    keys: bed.keysText,
    journal: bed.ctx.config.journal,
    sealing,
  };
  const script = join(projectRoot(), 'test/support/sealer-child.ts');
  const child = spawn(process.execPath, [script, JSON.stringify(given)], { stdio: ['pipe', 'pipe', 'inherit'] });
  children.add(child);
  await once(child.stdout, 'data');
  return child;
}

export async function kill(child: ChildProcess): Promise<void> {
  const gone = once(child, 'exit');
  child.kill('SIGKILL');
  await gone;
  children.delete(child);
}

/** Whatever a test left behind, so that the next one begins in peace. */
export async function killAll(): Promise<void> {
  await Promise.all([...loads].map((load) => load.stop()));
  for (const child of children) child.kill('SIGKILL');
}
