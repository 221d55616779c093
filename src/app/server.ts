import { openContext } from './context.ts';
import { failToStart, startFault } from './fail-to-start.ts';
import { startServer } from './start-server.ts';
import { stopSignal } from './stop-signal.ts';

/** `npm start`: serves the site, configured by the environment only. */
async function main(): Promise<void> {
  const { ctx, close } = openContext(process.env, 'app');
  try {
    const server = await startServer(ctx);
    await stopSignal();
    ctx.logger.info('stopping: the requests in flight finish first');
    await server.close();
  } catch (error) {
    throw startFault(error, 'DATABASE_URL');
  } finally {
    await close();
  }
}

main().catch(failToStart);
