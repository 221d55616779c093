import { setDefaultAutoSelectFamilyAttemptTimeout } from 'node:net';
import { configureGlobal } from 'fast-check';
import { afterAll, vi } from 'vitest';
import { forgetOrder } from '#platform/ids/ordered-id.ts';

// The same examples in each run: what fails once fails again. FAST_CHECK_SEED looks for others.
configureGlobal({ seed: Number(process.env.FAST_CHECK_SEED ?? 20_261_122) });

// Where localhost has two addresses, Node leaves the first after 250 ms: less than a loaded machine may need.
setDefaultAutoSelectFamilyAttemptTimeout(10_000);

// Test files of a project share a process and its modules: what one of them has put in the place of something else goes,
// and so do the hours to which it moved its clock.
afterAll(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
  forgetOrder();
});
