// A succession in a process of its own, for tests that kill it.
import { succeed } from '#journal';
import type { Sealing } from '#platform/config/config.ts';
import { type ChildGiven, childContext, childGiven } from './child-context.ts';

export type SucceedGiven = ChildGiven & { sealing: Sealing; confirmed: string };

const { sealing, confirmed, ...given } = childGiven<SucceedGiven>();
const ctx = childContext(given, 2);
const answer = await succeed(ctx, 'actes', sealing, { reason: 'tree-lost', confirmed });
process.stdout.write(JSON.stringify(answer, (_, value) => (typeof value === 'bigint' ? String(value) : value)));
await ctx.db.destroy();
