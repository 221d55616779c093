import { existsSync, readdirSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { commands } from '#app/cli/run-cli.ts';
import { ConfigurationError, readVariables, VARIABLE_NAMES } from '#platform/config/variables.ts';
import { projectRoot } from '#platform/root.ts';
import { importsIn, packagesIn, textOf } from './sources.ts';

const root = projectRoot();
const { load: readYaml } = createRequire(import.meta.url)('js-yaml') as { load(text: string): unknown };
const manifest = JSON.parse(textOf('package.json'));

const PROGRAMS = ['server', 'worker', 'signer', 'witness', 'cli', 'demo', 'simulators', 'bench'];
const programs = () => [...textOf('src/app/build/programs.ts').matchAll(/^ {2}(\w+): '([\w/.-]+\.ts)',$/gm)];

/** Fails unless every `npm run …`, `node dist/….js` and command of ours in a text exists. */
function expectCommandsToExist(text: string): void {
  for (const [, script = ''] of text.matchAll(/npm run ([a-z]+)/g)) expect(manifest.scripts).toHaveProperty(script);
  for (const [, name] of text.matchAll(/dist\/(\w+)\.js/g)) expect(programs().map(([, one]) => one)).toContain(name);
  const typed = [...text.matchAll(/(?:npm run cli --|node dist\/cli\.js) ([a-z][a-z -]*[a-z])/g)].map(
    ([, words = '']) => words,
  );
  for (const words of typed.filter((one) => one !== 'help')) {
    const known = commands.some(({ name }) => `${words} `.startsWith(`${name} `));
    expect(known, `« ${words} » is a command`).toBe(true);
  }
}

describe('docs/deploy.md', () => {
  const text = textOf('docs/deploy.md');
  const table = text.split('## Configuration')[1]?.split('\n## ')[0] ?? '';

  test('names exactly the variables that are read', () => {
    const named = [...table.matchAll(/^\| ((?:`[A-Z_]+`(?:, )?)+) \|/gm)].flatMap(([, cell = '']) =>
      [...cell.matchAll(/`([A-Z_]+)`/g)].map(([, name]) => name),
    );
    expect(named.sort()).toEqual([...VARIABLE_NAMES].sort());
  });

  test('whatever else is read from the environment is named where it is told', () => {
    const told = `${text}\n${textOf('README.md')}\n${textOf('docker-compose.yml')}`;
    const bootstrap = [
      'OWNER_PASSWORD',
      'APP_PASSWORD',
      'WORKER_PASSWORD',
      'READER_PASSWORD',
      'SUPERUSER_DATABASE_URL',
    ];
    const read = [...bootstrap, 'ENTREMISE_DATA'];
    const simulators = [
      'FRANCECONNECT_CLIENT_SECRET',
      'IDENTITY_PROVIDER_CLIENT_SECRET',
      'SUBJECTS_SECRET',
      'SIMULATORS_HOST',
    ];
    for (const name of simulators) expect(textOf('src/app/demo/simulators.ts')).toContain(name);
    for (const name of [...read, ...simulators]) expect(told).toContain(name);
  });

  test('its commands exist', () => {
    expectCommandsToExist(text);
  });

  test('every variable has a purpose', () => {
    for (const name of VARIABLE_NAMES) {
      try {
        readVariables({ [name]: '\u0000' }, [name]);
      } catch (error) {
        expect(error).toBeInstanceOf(ConfigurationError);
        expect(String(error)).toMatch(new RegExp(`${name}: .+ — .{10}`));
      }
    }
  });
});

describe('README.md', () => {
  const text = textOf('README.md');

  test('its commands exist, its links lead somewhere, its folders are there', () => {
    expectCommandsToExist(text);
    for (const [, link = ''] of text.matchAll(/\]\((?!https?:)([^)#]+)\)/g))
      expect(existsSync(join(root, link)), link).toBe(true);
    const map = text.split('## Map')[1]?.split('```')[1] ?? '';
    for (const [, folder = ''] of map.matchAll(/^((?:src|views|migrations|test|bench|docs)(?:\/[\w-]+)?)\/?\s/gm)) {
      expect(existsSync(join(root, folder)), folder).toBe(true);
    }
  });

  test('the ports it names are those of the demonstration, and so is the port that each usually has', () => {
    const read = [...textOf('src/app/demo/ports-of-demo.ts').matchAll(/\['([A-Z_]+)', (\d+)\]/g)];
    expect(read.length).toBeGreaterThan(5);
    const told = [...text.matchAll(/^\| ((?:`[A-Z_]*PORT`(?:, )?)+) \| ([\d, ]+) \|/gm)].flatMap(
      ([, names = '', ports = '']) => {
        const numbers = ports.split(', ');
        return [...names.matchAll(/`([A-Z_]+)`/g)].map(([, name], at) => `${name} ${numbers[at]?.trim()}`);
      },
    );
    expect(told.sort()).toEqual(read.map(([, name, port]) => `${name} ${port}`).sort());
  });
});

describe('the programs', () => {
  test('are those that exist, and package.json starts no other', () => {
    expect(programs().map(([, name]) => name)).toEqual(PROGRAMS);
    for (const [, , file = ''] of programs()) expect(existsSync(join(root, file)), file).toBe(true);
    for (const script of Object.values<string>(manifest.scripts)) expectCommandsToExist(script);
  });

  test.each(['server', 'worker', 'cli'])('%s needs no package that a production install leaves out', (name) => {
    const file = programs().find(([, one]) => one === name)?.[2] ?? '';
    const wanted = packagesReachedFrom(file).filter((one) => !one.startsWith('node:'));
    expect(wanted.length).toBeGreaterThan(5);
    expect(wanted.filter((one) => !(one in manifest.dependencies))).toEqual([]);
  });
});

/** Packages imported as values by a file, and by all that it imports. */
function packagesReachedFrom(start: string): string[] {
  const seen = new Set<string>();
  const packages = new Set<string>();
  const visit = (path: string) => {
    if (seen.has(path) || !/\.tsx?$/.test(path)) return;
    seen.add(path);
    const source = { path, text: textOf(path) };
    for (const { name, typeOnly } of packagesIn(source)) if (!typeOnly) packages.add(name);
    for (const { to, typeOnly } of importsIn(source)) if (!typeOnly) visit(to);
  };
  visit(start);
  return [...packages].sort();
}

type Compose = { services: Record<string, Service>; volumes: Record<string, unknown> };
type Service = {
  build?: string | { context: string; target?: string };
  image?: string;
  command?: string[];
  env_file?: string;
  environment?: Record<string, string>;
  depends_on?: string[] | Record<string, { condition: string }>;
  volumes?: string[];
  profiles?: string[];
  network_mode?: string;
  healthcheck?: { test: string[] };
};

describe('docker-compose.yml', () => {
  const text = textOf('docker-compose.yml');
  const { services, volumes } = readYaml(text) as Compose;

  test('has PostgreSQL, the preparation, the programs, what holds their network, the witness and the simulators under profiles', () => {
    const names = ['postgres', 'prepare', 'sealing', 'server', 'signer', 'simulators', 'witness', 'worker'];
    expect(Object.keys(services).sort()).toEqual(names);
    expect(services.simulators?.profiles).toEqual(['demonstration']);
    expect(services.witness?.profiles).toEqual(['witness']);
  });

  test('what one service names is there: services, conditions, volumes, stages, folders', () => {
    const stages = [...textOf('Dockerfile').matchAll(/ AS ([\w-]+)$/gm)].map(([, name]) => name);
    for (const [name, { build, depends_on = {}, volumes: mounted = [] }] of Object.entries(services)) {
      const needed = Array.isArray(depends_on) ? depends_on : Object.keys(depends_on);
      for (const one of needed) expect(Object.keys(services), name).toContain(one);
      for (const volume of mounted) expect(volumes).toHaveProperty(volume.split(':')[0] ?? '');
      if (typeof build === 'object' && build.target) expect(stages).toContain(build.target);
    }
  });

  test('its commands exist', () => {
    expectCommandsToExist(
      Object.values(services)
        .flatMap(({ command = [] }) => command.join(' '))
        .join(' && '),
    );
  });

  test('it gives its programs variables that they read, and the preparation what the bootstrap asks', () => {
    const asked = ['OWNER_PASSWORD', 'APP_PASSWORD', 'WORKER_PASSWORD', 'READER_PASSWORD', 'SUPERUSER_DATABASE_URL'];
    for (const name of ['server', 'worker', 'prepare']) {
      const given = Object.keys(services[name]?.environment ?? {});
      expect(given.filter((one) => !([...VARIABLE_NAMES, ...asked] as string[]).includes(one))).toEqual([]);
      expect(services[name]?.env_file).toBe('.env.service');
    }
    expect(Object.keys(services.prepare?.environment ?? {})).toEqual(expect.arrayContaining(asked));
  });

  test('a program is given the databases of its own roles alone', () => {
    const databases = (name: string) =>
      Object.keys(services[name]?.environment ?? {}).filter((one) => /PASSWORD|DATABASE_URL/.test(one));
    expect(databases('server')).toEqual(['DATABASE_URL', 'READER_DATABASE_URL']);
    expect(databases('worker')).toEqual(['WORKER_DATABASE_URL']);
    const knowsToken = (name: string) => 'JOURNAL_SIGNER_TOKEN' in (services[name]?.environment ?? {});
    expect(Object.keys(services).filter(knowsToken)).toEqual(['prepare', 'worker']);
    expect(services.simulators?.env_file).toBe('.env.simulators');
  });

  test('worker, signer and witness meet in a network that none of them holds: each may stop alone', () => {
    for (const name of ['prepare', 'worker', 'signer', 'witness'])
      expect(services[name]?.network_mode, name).toBe('service:sealing');
    expect(services.sealing?.network_mode).toBeUndefined();
  });

  test('PostgreSQL is healthy when it answers by TCP: while it is made, it answers on its socket alone', () => {
    expect(services.postgres?.healthcheck?.test.join(' ')).toContain('pg_isready -h 127.0.0.1');
  });

  test('the signer and the witness have secrets of their own, and nobody else has them', () => {
    for (const name of ['signer', 'witness']) {
      const given = Object.keys(services[name]?.environment ?? {});
      expect(given.filter((one) => !(VARIABLE_NAMES as string[]).includes(one))).toEqual([]);
      expect(services[name]?.env_file).toBe(`.env.${name}`);
    }
  });
});

describe('Dockerfile', () => {
  const text = textOf('Dockerfile');

  test('copies what exists, and all that the build reads', () => {
    const copied = [...text.matchAll(/^COPY (?!--from)(.+) \S+$/gm)].flatMap(([, sources = '']) => sources.split(' '));
    for (const source of copied) expect(existsSync(join(root, source)), source).toBe(true);
    const ignored = textOf('.dockerignore').split('\n').filter(Boolean);
    expect(copied.filter((source) => ignored.includes(source))).toEqual([]);
    const folders = programs().map(([, , file = '']) => file.split('/')[0] ?? '');
    for (const needed of new Set([...folders, 'views', 'migrations', 'package.json', 'package-lock.json'])) {
      expect(copied, needed).toContain(needed);
    }
  });

  test('starts programs that exist, from stages that exist', () => {
    for (const [, name] of text.matchAll(/dist\/(\w+)\.js/g)) expect(PROGRAMS).toContain(name);
    const stages = [...text.matchAll(/ AS ([\w-]+)$/gm)].map(([, name]) => name);
    for (const [, from = ''] of text.matchAll(/--from=([\w-]+)|^FROM ([\w-]+)(?= AS|$)/gm))
      expect([...stages, '']).toContain(from);
  });
});

describe('other papers', () => {
  test('publiccode.yml is YAML with the keys that the standard requires, and the version of package.json', () => {
    const code = readYaml(textOf('publiccode.yml')) as Record<string, unknown> & { legal: { license: string } };
    const required = [
      'publiccodeYmlVersion',
      'name',
      'url',
      'softwareVersion',
      'releaseDate',
      'platforms',
      'categories',
    ];
    expect(Object.keys(code)).toEqual(
      expect.arrayContaining([
        ...required,
        'developmentStatus',
        'softwareType',
        'description',
        'legal',
        'maintenance',
        'localisation',
      ]),
    );
    expect(code.softwareVersion).toBe(manifest.version);
    expect(code.legal.license).toBe(manifest.license);
    const { shortDescription } = (code.description as { fr: { shortDescription: string } }).fr;
    expect(shortDescription.length).toBeLessThanOrEqual(150);
  });

  test('.ci/run may be run, and does what README calls the tests', () => {
    expect(statSync(join(root, '.ci/run')).mode & 0o111).not.toBe(0);
    expect(
      textOf('.ci/run')
        .split('\n')
        .filter((line) => line && !line.startsWith('#')),
    ).toEqual(['set -euo pipefail', 'cd "$(dirname "$0")/.."', 'npm ci', 'npm test']);
  });

  test('every decision is in the index, and every line of the index has its page', () => {
    const index = textOf('docs/decisions/README.md');
    const listed = [...index.matchAll(/\]\((\d{4}-[\w-]+\.md)\)/g)].map(([, name]) => name);
    const pages = readdirSync(join(root, 'docs/decisions')).filter((name) => /^\d{4}-/.test(name));
    expect(listed).toEqual(pages.sort());
  });

  test('links between documents lead somewhere', () => {
    const documents = readdirSync(join(root, 'docs'), { recursive: true })
      .map(String)
      .filter((name) => name.endsWith('.md'));
    for (const document of documents) {
      const path = join('docs', document);
      for (const [, link = ''] of textOf(path).matchAll(/\]\((?!https?:|#)([^)#]+)(?:#[^)]*)?\)/g)) {
        expect(existsSync(join(root, dirname(path), link)), `${path} → ${link}`).toBe(true);
      }
    }
  });
});
