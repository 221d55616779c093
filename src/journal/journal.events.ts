import { eraseKinds } from './erase/erase.events.ts';
import type { EventKind } from './event.ts';
import { exportKinds } from './export/export.events.ts';
import { nodeKinds } from './node.events.ts';
import { publishKinds } from './publish/publish.events.ts';
import { sealKinds } from './seal/seal.events.ts';
import { successionKinds } from './succession/succession.events.ts';

/** The kinds of the journal itself, for the registry. */
export const journalKinds: readonly EventKind[] = [
  ...nodeKinds,
  ...sealKinds,
  ...successionKinds,
  ...publishKinds,
  ...eraseKinds,
  ...exportKinds,
];
