import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { makeKeys } from '../crypto/make-keys.ts';
import { readConfig, readSealing, readSigner, readWitness } from './config.ts';
import { ConfigurationError, type Environment, readVariables, VARIABLE_NAMES } from './variables.ts';

let good: Environment;

function fileWith(text: string): string {
  const file = join(mkdtempSync(join(tmpdir(), 'entremise-config-')), 'fichier.txt');
  writeFileSync(file, text);
  return file;
}

/** Shaped as a key of a log; nobody's. */
const SIGNING_KEY = `PRIVATE+KEY+journal.entremise.example/actes+0a1b2c3d+${Buffer.alloc(33, 1).toString('base64')}`;

beforeAll(async () => {
  good = {
    PUBLIC_URL: 'https://entremise.example',
    HOST: '0.0.0.0',
    PORT: '8080',
    TRUST_PROXY: '1',
    DATABASE_URL: 'postgres://entremise_app:mot@127.0.0.1/entremise',
    WORKER_DATABASE_URL: 'postgres://entremise_worker:mot@127.0.0.1/entremise',
    OWNER_DATABASE_URL: 'postgresql://entremise_owner:mot@127.0.0.1/entremise',
    READER_DATABASE_URL: 'postgres://entremise_reader:mot@127.0.0.1/entremise',
    ENTREMISE_KEYS: JSON.stringify(await makeKeys('un')),
    FRANCECONNECT_ISSUER: 'https://fcp.example/api/v2',
    FRANCECONNECT_CLIENT_ID: 'entremise',
    FRANCECONNECT_CLIENT_SECRET: 's'.repeat(32),
    FRANCECONNECT_OWN_IDP_ID: 'entremise-idp',
    JOURNAL_ORIGIN: 'journal.entremise.example',
    JOURNAL_SHARDS: 'actes=2',
    JOURNAL_WITNESSES: fileWith('quorum none\n'),
    JOURNAL_SIGNER_URL: 'https://signataire.example',
    JOURNAL_SIGNER_TOKEN: 't'.repeat(32),
    JOURNAL_MIRROR: '/srv/miroir',
    JOURNAL_CHECKPOINT_SECONDS: '2',
    SIGNER_KEYS: `${SIGNING_KEY},${SIGNING_KEY}`,
    SIGNER_TOKEN: 't'.repeat(32),
    SIGNER_STATE: '/srv/signataire',
    WITNESS_KEY: SIGNING_KEY,
    WITNESS_STATE: '/srv/temoin',
    WITNESS_LOGS: fileWith('log x\n'),
    RETENTION_MANDATE_MONTHS: '24',
    RETENTION_ARCHIVE_MONTHS: '60',
    RETENTION_ACCESS_MONTHS: '6',
    RETENTION_FEDERATION_MONTHS: '12',
    SMTP_URL: 'smtps://relais.example:465',
    MAIL_FROM: 'ne-pas-repondre@entremise.example',
    OPERATOR_NAME: 'Département',
    OPERATOR_ADDRESS: '1 place de la Mairie',
    OPERATOR_EMAIL: 'aide@entremise.example',
    OPERATOR_PHONE: '03 21 00 00 00',
    OPERATOR_PUBLICATION_DIRECTOR: 'Jeanne Durand',
    OPERATOR_HOSTING: 'Hébergeur, Lille',
    OPERATOR_DPO: 'dpo@entremise.example',
    OPERATOR_STATE_BRAND: 'yes',
    LOG_LEVEL: 'warn',
  };
});

const HAVE_A_DEFAULT = [
  'HOST',
  'PORT',
  'TRUST_PROXY',
  'JOURNAL_SHARDS',
  'JOURNAL_CHECKPOINT_SECONDS',
  'RETENTION_MANDATE_MONTHS',
  'RETENTION_ARCHIVE_MONTHS',
  'RETENTION_ACCESS_MONTHS',
  'RETENTION_FEDERATION_MONTHS',
  'OPERATOR_STATE_BRAND',
  'LOG_LEVEL',
];

function refusalOf(read: () => unknown): string {
  try {
    read();
  } catch (error) {
    expect(error).toBeInstanceOf(ConfigurationError);
    return (error as Error).message;
  }
  return '';
}

const refused = (env: Environment) => refusalOf(() => readVariables(env, VARIABLE_NAMES));

test('a whole environment is read as it is', () => {
  const { config, keys } = readConfig(good);
  expect(config).toMatchObject({ publicUrl: 'https://entremise.example', port: 8080, trustProxy: 1, logLevel: 'warn' });
  expect(config.operator).toMatchObject({ dpo: 'dpo@entremise.example', stateBrand: true });
  expect(keys.data[0].secret).toHaveLength(32);
  expect(config.journal).toEqual({
    origin: 'journal.entremise.example',
    shards: { actes: 2 },
    witnesses: 'quorum none\n',
  });
  expect(config.retention).toEqual({ mandate: 24, archive: 60, access: 6, federation: 12 });
  expect(readSealing(good)).toMatchObject({ mirror: '/srv/miroir', checkpointEvery: 2000 });
  expect(readSigner(good)).toMatchObject({ keys: [SIGNING_KEY, SIGNING_KEY], state: '/srv/signataire', port: 8080 });
  expect(readWitness(good)).toMatchObject({ key: SIGNING_KEY, state: '/srv/temoin', logs: 'log x\n' });
});

test('what may be left out has a default that opens nothing', () => {
  const few = Object.fromEntries(Object.entries(good).filter(([name]) => !HAVE_A_DEFAULT.includes(name)));
  const { config } = readConfig(few);
  expect(config).toMatchObject({ host: '127.0.0.1', port: 3000, trustProxy: 0, logLevel: 'info' });
  expect(config.retention).toEqual({ mandate: 36, archive: 36, access: 12, federation: 36 });
  expect(config.operator.stateBrand).toBe(false);
  expect(config.journal.shards).toEqual({});
});

test('a program is asked only for what it needs; what else it reads is asked for then, by its name', () => {
  const only = (...names: string[]) =>
    Object.fromEntries(Object.entries(good).filter(([name]) => names.includes(name))) as Environment;
  const data = readConfig(only('ENTREMISE_KEYS'), 'data').config;
  expect(data.retention.mandate).toBe(36);
  for (const read of [() => data.mail, () => data.operator, () => data.franceconnect, () => data.journal])
    expect(refusalOf(read)).toMatch(/SMTP_URL|OPERATOR_NAME|FRANCECONNECT_ISSUER|JOURNAL_ORIGIN/);
  const named = ['PUBLIC_URL', 'JOURNAL_ORIGIN', 'JOURNAL_WITNESSES'];
  const { config } = readConfig(only('ENTREMISE_KEYS', ...named), 'journal');
  expect([config.publicUrl, config.journal.witnesses]).toEqual(['https://entremise.example', 'quorum none\n']);
  expect(refusalOf(() => config.mail)).toContain('SMTP_URL');
  const refusal = refusalOf(() => readConfig(only('ENTREMISE_KEYS'), 'journal'));
  expect(refusal.match(/- \w+/g)).toEqual(named.map((name) => `- ${name}`));
  expect(refusalOf(() => readConfig(only('ENTREMISE_KEYS', ...named)))).toContain('SMTP_URL');
});

test.each(['actes', 'actes=1', 'actes=0', 'autre=2', 'actes=2;acces=3', 'actes=x'])(
  'JOURNAL_SHARDS « %s » is none',
  (given) => {
    expect(refused({ ...good, JOURNAL_SHARDS: given })).toContain('JOURNAL_SHARDS: not such as actes=2');
  },
);

describe('a variable that is missing or empty', () => {
  test('is named with its purpose; nothing else is complained of', () => {
    for (const name of VARIABLE_NAMES.filter((one) => !HAVE_A_DEFAULT.includes(one))) {
      for (const absent of [undefined, '']) {
        const lines = refused({ ...good, [name]: absent })
          .split('\n')
          .slice(1);
        expect(lines).toHaveLength(1);
        expect(lines[0]).toMatch(new RegExp(`^ {2}- ${name}: missing — \\S.{9,}`));
      }
    }
  });

  test('all of them are told at once', () => {
    const lines = refused({}).split('\n').slice(1);
    expect(lines).toHaveLength(VARIABLE_NAMES.length - HAVE_A_DEFAULT.length);
  });
});

const key = (length: number) => Buffer.alloc(length, 7).toString('base64url');
const keysWith = (change: (rings: Record<string, unknown>) => void) => {
  const rings = JSON.parse(good.ENTREMISE_KEYS ?? '{}') as Record<string, unknown>;
  change(rings);
  return JSON.stringify(rings);
};

const WEAK: readonly [name: string, value: string | (() => string)][] = [
  ['PUBLIC_URL', 'http://entremise.example'],
  ['PUBLIC_URL', 'https://entremise.example/sous-dossier'],
  ['PUBLIC_URL', 'https://entremise.example/?secretissime'],
  ['PUBLIC_URL', 'https://entremise.example/#secretissime'],
  ['PUBLIC_URL', 'http://localhost.evil.example'],
  ['PUBLIC_URL', 'ftp://localhost'],
  ['PUBLIC_URL', 'https://secretissime@entremise.example'],
  ['PUBLIC_URL', 'secretissime'],
  ['PORT', '65536'],
  ['PORT', '-1'],
  ['PORT', '80.5'],
  ['PORT', 'secretissime'],
  ['TRUST_PROXY', 'yes'],
  ['TRUST_PROXY', '99'],
  ['DATABASE_URL', 'mysql://secretissime@x/y'],
  ['DATABASE_URL', 'secretissime'],
  ['ENTREMISE_KEYS', 'secretissime'],
  ['ENTREMISE_KEYS', '{"data":"secretissime"}'],
  ['ENTREMISE_KEYS', () => keysWith((rings) => delete rings.snapshot)],
  ['ENTREMISE_KEYS', () => keysWith((rings) => Object.assign(rings, { data: [] }))],
  ['ENTREMISE_KEYS', () => keysWith((rings) => Object.assign(rings, { data: [{ id: 'un', secret: key(16) }] }))],
  ['ENTREMISE_KEYS', () => keysWith((rings) => Object.assign(rings, { data: [{ id: 'É!', secret: key(32) }] }))],
  ['FRANCECONNECT_ISSUER', 'http://fcp.example/api/v2'],
  ['FRANCECONNECT_CLIENT_SECRET', 'secretissime'],
  ['SIGNER_KEYS', 'secretissime'],
  ['SIGNER_KEYS', () => `${good.SIGNER_KEYS} secretissime`],
  ['SIGNER_TOKEN', 'secretissime'],
  ['WITNESS_KEY', 'secretissime'],
  ['WITNESS_LOGS', '/secretissime/absent.txt'],
  ['RETENTION_ACCESS_MONTHS', '0'],
  ['RETENTION_MANDATE_MONTHS', 'secretissime'],
  ['SMTP_URL', 'https://secretissime@relais.example'],
  ['MAIL_FROM', 'secretissime'],
  ['OPERATOR_NAME', 'D'],
  ['OPERATOR_EMAIL', 'secretissime'],
  ['OPERATOR_DPO', 'secretissime'],
  ['OPERATOR_STATE_BRAND', 'secretissime'],
  ['LOG_LEVEL', 'secretissime'],
];

describe('a value that is weak or wrong', () => {
  test.each(WEAK)('%s: %s', (name, value) => {
    const given = typeof value === 'string' ? value : value();
    const message = refused({ ...good, [name]: given });
    const lines = message.split('\n').slice(1);
    expect(lines.every((line) => line.startsWith(`  - ${name}: `) && / — \S.{9,}/.test(line))).toBe(true);
    expect(lines.length).toBeGreaterThan(0);
    expect(message).not.toContain('secretissime');
    expect(message).not.toContain(key(16));
    for (const ring of Object.values(
      JSON.parse(good.ENTREMISE_KEYS ?? '{}') as Record<string, { secret?: string; d?: string }[]>,
    )) {
      for (const { secret, d } of ring) expect(message).not.toContain(secret ?? d);
    }
  });

  test('the address of the site is written as browsers write it in Origin', () => {
    for (const text of ['https://Entremise.Example', 'https://entremise.example:443/']) {
      expect(readVariables({ PUBLIC_URL: text }, ['PUBLIC_URL']).PUBLIC_URL).toBe('https://entremise.example');
    }
    expect(readVariables({ PUBLIC_URL: 'https://é.example:8443' }, ['PUBLIC_URL']).PUBLIC_URL).toBe(
      'https://xn--9ca.example:8443',
    );
  });

  test('http is accepted on this machine alone', () => {
    for (const host of ['localhost:3000', '127.0.0.1:3000', '[::1]:3000']) {
      expect(readVariables({ PUBLIC_URL: `http://${host}/` }, ['PUBLIC_URL']).PUBLIC_URL).toBe(`http://${host}`);
    }
  });
});
