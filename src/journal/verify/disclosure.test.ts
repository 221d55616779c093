import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { fromBase64url, toBase64url } from './base64url.ts';
import { checkDisclosure, disclosureDigest, readDisclosure } from './index.ts';

const sha256 = (data: Uint8Array) => createHash('sha256').update(data).digest();
const encoded = (text: string) => Buffer.from(text).toString('base64url');

/** RFC 9901, the example of street_address, and `family_name` of its appendix on non-ASCII values. */
const RFC_DISCLOSURE = 'WyIyR0xDNDJzS1F2ZUNmR2ZyeU5STjl3IiwgInN0cmVldF9hZGRyZXNzIiwgIlNjaHVsc3RyLiAxMiJd';
const RFC_DIGEST = '9gjVuXtdFROCgRrtNcGUXmF65rdezi_6Er_j76kmYyM';

test('a disclosure has the digest and the content of RFC 9901', () => {
  expect(disclosureDigest(sha256, RFC_DISCLOSURE)).toBe(RFC_DIGEST);
  expect(readDisclosure(RFC_DISCLOSURE)).toEqual({ name: 'street_address', value: 'Schulstr. 12' });
  expect(disclosureDigest(sha256, encoded('["_26bc4LT-ac6q2KI6cBW5es", "family_name", "Möbius"]'))).toBe(
    'X9yH0Ajrdm1Oij4tWso9UzzKJvPoDxwmuEcO3XAdRC0',
  );
});

test('a disclosure is accepted by the leaf that committed to it, and by no other', () => {
  expect(checkDisclosure(sha256, ['x', RFC_DIGEST], RFC_DISCLOSURE)).toEqual({
    ok: true,
    name: 'street_address',
    value: 'Schulstr. 12',
  });
  expect(checkDisclosure(sha256, ['x'], RFC_DISCLOSURE)).toEqual({ ok: false, fault: 'not-committed' });
  const other = encoded('["2GLC42sKQveCfGfryNRN9w", "street_address", "Schulstr. 13"]');
  expect(checkDisclosure(sha256, [RFC_DIGEST], other)).toEqual({ ok: false, fault: 'not-committed' });
});

test.each([
  ['nothing', ''],
  ['not base64url', 'é'],
  ['padding', `${encoded('["s","n","v"]')}=`],
  ['not JSON', encoded('["s","n"')],
  ['two parts', encoded('["s","n"]')],
  ['four parts', encoded('["s","n","v","w"]')],
  ['a value that is not a text', encoded('["s","n",1]')],
  ['an object', encoded('{"0":"s","1":"n","2":"v","length":3}')],
  ['bytes that are not UTF-8', Buffer.from([0x5b, 0xff]).toString('base64url')],
])('what is not a disclosure is said so: %s', (_what, text) => {
  expect(checkDisclosure(sha256, [disclosureDigest(sha256, text)], text)).toEqual({
    ok: false,
    fault: 'not-a-disclosure',
  });
});

test('base64url has one form for each value', () => {
  fc.assert(
    fc.property(fc.uint8Array(), (bytes) => {
      const text = Buffer.from(bytes).toString('base64url');
      expect(toBase64url(bytes)).toBe(text);
      expect(fromBase64url(text)).toEqual(bytes);
    }),
  );
  for (const wrong of ['A', 'AB', 'AA==', 'A+', 'A/', ' AA', 'QUJ']) expect(fromBase64url(wrong)).toBeUndefined();
});
