import { isIP } from 'node:net';

/**
 * The network that an address is taken to belong to: the first 24 bits of an IPv4 address, the first 48 of an IPv6 one.
 * Undefined when the text is no address. Two networks may well be the same line: a telephone changes of network by itself.
 */
export function networkOf(address: string): string | undefined {
  const mapped = address.replace(/^::ffff:(?=\d+\.)/i, '');
  if (isIP(mapped) === 4) return mapped.split('.').slice(0, 3).join('.');
  if (isIP(address) !== 6) return undefined;
  const [head = '', tail] = (address.split('%')[0] ?? '').split('::');
  const [left, right] = [head, tail ?? ''].map((part) => part.split(':').filter(Boolean));
  const zeros = tail === undefined ? 0 : 8 - (left?.length ?? 0) - (right?.length ?? 0);
  const groups = [...(left ?? []), ...Array.from({ length: Math.max(zeros, 0) }, () => '0'), ...(right ?? [])];
  return groups
    .slice(0, 3)
    .map((group) => Number.parseInt(group, 16).toString(16))
    .join(':');
}
