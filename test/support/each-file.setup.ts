import { afterAll, vi } from 'vitest';
import { forgetOrder } from '#platform/ids/ordered-id.ts';

// Test files of a project share a process and its modules: what one of them has put in the place of something else goes,
// and so do the hours to which it moved its clock.
afterAll(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
  forgetOrder();
});
