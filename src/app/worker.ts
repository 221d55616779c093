import { readSealing } from '#platform/config/config.ts';
import { openContext } from './context.ts';
import { failToStart, startFault } from './fail-to-start.ts';
import { startWorker } from './start-worker.ts';
import { stopSignal } from './stop-signal.ts';

/** `npm run worker`: mails, expiry, wiping, sealing of the journal; as many as wanted may run. */
async function main(): Promise<void> {
  const sealing = readSealing(process.env);
  const { ctx, close } = openContext(process.env, 'worker');
  try {
    const worker = await startWorker(ctx, process.env.WORKER_DATABASE_URL ?? '', sealing);
    await stopSignal();
    await worker.stop();
  } catch (error) {
    throw startFault(error, 'WORKER_DATABASE_URL');
  } finally {
    await close();
  }
}

main().catch(failToStart);
