// A sealing program of its own, for tests that kill it: both logs are sealed, mirrored, signed and published until it dies.
import { startSealing } from '#journal';
import type { Sealing } from '#platform/config/config.ts';
import { type ChildGiven, childContext, childGiven } from './child-context.ts';

export type SealerGiven = ChildGiven & { sealing: Sealing };

const given = childGiven<SealerGiven>();
startSealing(childContext(given, 6), given.sealing);
process.stdout.write('started\n');
process.stdin.resume().once('end', () => process.exit(0)); // nobody is left to kill it
