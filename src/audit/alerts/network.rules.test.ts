import { expect, test } from 'vitest';
import { networkOf } from './network.rules.ts';

test.each([
  ['192.0.2.7', '192.0.2'],
  ['::ffff:192.0.2.200', '192.0.2'],
  ['2001:db8:1:2::3', '2001:db8:1'],
  ['2001:0DB8:0001::', '2001:db8:1'],
  ['2001:db8::1', '2001:db8:0'],
  ['fe80::1%eth0', 'fe80:0:0'],
  ['::1', '0:0:0'],
])('%s is of the network %s', (address, network) => {
  expect(networkOf(address)).toBe(network);
});

test.each(['', 'inconnue', '192.0.2', '2001:db8', '300.1.1.1'])('« %s » is no address', (text) => {
  expect(networkOf(text)).toBeUndefined();
});
