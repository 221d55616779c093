import { readSigner } from '#platform/config/config.ts';
import { createLogger } from '#platform/log/logger.ts';
import { failToStart } from './fail-to-start.ts';
import { careForHeads } from './head-care.ts';
import { signerKeeping, startSigner } from './start-signer.ts';
import { stopSignal } from './stop-signal.ts';

/** `npm run signer`: the only program that has the private keys of the logs, and a memory of its own. */
async function main(): Promise<void> {
  const config = readSigner(process.env);
  const done = await careForHeads(signerKeeping(config), process.argv.slice(2));
  if (done) return console.log(done.join('\n'));
  const signer = await startSigner(config, createLogger(config.logLevel));
  await stopSignal();
  await signer.close();
}

main().catch(failToStart);
