import { afterEach, expect, test, vi } from 'vitest';
import { portsOfDemo } from './demo/ports-of-demo.ts';
import { failToStart } from './fail-to-start.ts';

afterEach(() => {
  process.exitCode = 0;
  vi.restoreAllMocks();
});

function said(error: unknown): unknown {
  const console_ = vi.spyOn(console, 'error').mockReturnValue();
  failToStart(error);
  expect(process.exitCode).toBe(1);
  return console_.mock.calls[0]?.[0];
}

test.each(['0', '65536', 'abc'])('PORT=%s is told in one line', async (PORT) => {
  const error = await portsOfDemo({ PORT }, { alreadyServed: true }).catch((thrown: unknown) => thrown);
  expect(said(error)).toBe(`PORT is not a port: ${PORT}`);
});

test('a fault of the program keeps its stack', () => {
  const bug = new RangeError('Invalid array length');
  expect(said(bug)).toBe(bug);
});
