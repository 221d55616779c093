import { readWitness } from '#platform/config/config.ts';
import { createLogger } from '#platform/log/logger.ts';
import { failToStart } from './fail-to-start.ts';
import { careForHeads } from './head-care.ts';
import { startWitness, witnessKeeping } from './start-witness.ts';
import { stopSignal } from './stop-signal.ts';

/** `npm run witness`: cosigns what only grows. Made to be run by somebody else than the operator of the log. */
async function main(): Promise<void> {
  const config = readWitness(process.env);
  const done = await careForHeads(witnessKeeping(config), process.argv.slice(2));
  if (done) return console.log(done.join('\n'));
  const witness = await startWitness(config, createLogger(config.logLevel));
  await stopSignal();
  await witness.close();
}

main().catch(failToStart);
