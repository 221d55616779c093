import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { themes } from '#organisation';
import { DAY, after as later, MINUTE, SECOND } from '#platform/time/clock.ts';
import { codeIsNeeded, refusalOfUse, type UseRight } from '../../../src/mandate/use/use.rules.ts';
import { readRequest, stateToEcho } from '../../../src/oidc-provider/authorize-request.rules.ts';
import { readThemeChoice, sitesOf } from '../../../src/oidc-provider/choose-theme.rules.ts';
import { acceptedPerimeter, claimsParameterFor, readPerimeter } from '../../../src/oidc-provider/perimeter.rules.ts';

const now = new Date('2026-03-02T09:00:00.000Z');
const right = (change: Partial<UseRight> = {}): UseRight => ({
  mandateEndsAt: later(now, DAY),
  mandateEndedAt: null,
  mandateSuspendedAt: null,
  authorisationEndsAt: later(now, DAY),
  authorisationEndedAt: null,
  organisationActive: true,
  themeAllowed: true,
  usagerHasEmail: true,
  revokedAt: null,
  aidantActive: true,
  aidantBelongs: true,
  sessionExpiresAt: later(now, MINUTE),
  ...change,
});

describe('a right holds to the millisecond', () => {
  test.each([
    ['mandate-expired', { mandateEndsAt: now }],
    ['theme-ended', { authorisationEndsAt: now }],
    ['session-closed', { sessionExpiresAt: now }],
    ['session-closed', { sessionExpiresAt: null }],
    ['use-revoked', { revokedAt: now, mandateEndedAt: now }],
  ])('%s', (reason, change) => {
    expect(refusalOfUse(right(change), now)).toBe(reason);
  });

  test('one millisecond before its end it still does', () => {
    const end = later(now, 1);
    expect(
      refusalOfUse(right({ mandateEndsAt: end, authorisationEndsAt: end, sessionExpiresAt: end }), now),
    ).toBeNull();
  });

  test.each([
    [15 * MINUTE, undefined, false],
    [15 * MINUTE + 1, undefined, true],
    [1 * SECOND, 1, false],
    [1 * SECOND + 1, 1, true],
    [16 * MINUTE, 10_000, true],
  ])('a code of %d ms ago with max_age %s: asked again %s', (age, maxAge, needed) => {
    expect(codeIsNeeded(later(now, -age), now, maxAge)).toBe(needed);
  });
});

describe('perimeters', () => {
  const claims = (rep_scope: unknown) => JSON.stringify({ id_token: { rep_scope } });

  test('every label of FranceConnect is a theme, and comes back through what the provider is handed', () => {
    const values = themes.map(({ franceConnectLabel }) => franceConnectLabel);
    const keys = themes.map(({ key }) => key);
    expect(readPerimeter(claims({ essential: true, values }))).toEqual({ ok: true, themes: keys });
    expect(acceptedPerimeter(claimsParameterFor(keys))).toEqual(keys);
    expect(acceptedPerimeter(claimsParameterFor(null))).toBeNull();
  });

  test.each([
    [undefined],
    [claims(null)],
    [claims({})],
    [claims({ values: [] })],
    ['{"userinfo":{"email":null}}'],
    ['{}'],
  ])('no limit: %s', (text) => {
    expect(readPerimeter(text)).toEqual({ ok: true, themes: null });
  });

  test('whatever is sent is read or refused, never an exception', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.json(),
          fc.json().map((json) => claims(JSON.parse(json))),
        ),
        (text) => {
          const read = readPerimeter(text);
          if (read.ok) expect(acceptedPerimeter(claimsParameterFor(read.themes))).toEqual(read.themes);
        },
      ),
    );
  });

  test('whatever parameters are sent, what is accepted holds what we read and nothing else', () => {
    const names = fc.constantFrom(
      'state',
      'nonce',
      'scope',
      'response_type',
      'claims',
      'prompt',
      'max_age',
      'acr_values',
      'x',
    );
    fc.assert(
      fc.property(fc.array(fc.tuple(names, fc.string())), (pairs) => {
        const params = new URLSearchParams([['client_id', 'c'], ['redirect_uri', 'https://c.example/'], ...pairs]);
        const echoed = stateToEcho(params);
        if (echoed !== undefined) expect(echoed).toMatch(/^[\x20-\x7e]{1,512}$/);
        const read = readRequest(params);
        if (!read.ok) return;
        expect(read.accepted.get('prompt')).toBe('login');
        expect(read.accepted.has('x')).toBe(false);
        for (const name of new Set(read.accepted.keys())) expect(read.accepted.getAll(name)).toHaveLength(1);
      }),
    );
  });
});

describe('theme and site', () => {
  const open = ['famille', 'argent'];

  test('sites are those of the open themes, each once', () => {
    expect(sitesOf(['famille', 'logement'])).toEqual(['CAF', 'ameli.fr', 'EduConnect', 'Enedis']);
  });

  test.each([
    [
      { theme: 'famille', site: 'CAF' },
      { theme: 'famille', site: 'CAF' },
    ],
    [
      { theme: 'argent', site: '_autre', otherSite: '  Trésor\u00a0 public ' },
      { theme: 'argent', site: 'Trésor public' },
    ],
    [
      { theme: 'argent', otherSite: 'Mairie 🏛️ d’Arras' },
      { theme: 'argent', site: 'Mairie 🏛️ d’Arras' },
    ],
    [{ theme: 'justice', site: 'CAF' }, undefined],
    [{ theme: 'constructor', site: 'CAF' }, undefined],
    [
      { theme: ['famille', 'justice'], site: 'CAF' },
      { theme: 'famille', site: 'CAF' },
    ],
  ])('%o', (form, expected) => {
    const read = readThemeChoice(form, open);
    expect(read.ok ? read.value : undefined).toEqual(expected);
  });
});
