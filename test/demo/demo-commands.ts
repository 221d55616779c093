import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { commands, runCli } from '#app/cli/run-cli.ts';
import type { WorldDescription } from '#app/demo/description.ts';

const BUSY = 'another program is sealing this log';
const NOBODY = '00000000-0000-4000-8000-000000000000';

type Expected = { status: number; told: string };

/** Types every command of the journal at the demonstration that runs, in this process, and compares what each answers. */
export async function runJournalCommands({ journal }: WorldDescription, folder: string): Promise<void> {
  const typed = new Set<string>();
  const run = async (line: string, { status, told }: Expected): Promise<string> => {
    const type = async () => {
      const said: string[] = [];
      const tell = (text: string) => void said.push(text);
      const ended = await runCli(['--demo', ...line.split(' ')], {
        env: { ENTREMISE_DATA: folder, DATABASE_URL: 'postgres://nobody@127.0.0.1:1/x' },
        out: tell,
        say: tell,
      });
      return { ended, all: said.join('\n') };
    };
    let { ended, all } = await type();
    // the demonstration's own worker holds the lock of a log for a moment, five times a second
    while (all.includes(BUSY)) ({ ended, all } = await type());
    expect([line, ended, all.includes(told) || all]).toEqual([line, status, true]);
    const names = commands.filter(({ name }) => `${line} `.startsWith(`${name} `)).map(({ name }) => name);
    typed.add(names.sort((one, other) => other.length - one.length)[0] ?? '');
    return all;
  };
  const done = (told = '') => ({ status: 0, told });
  const refused = (told: string) => ({ status: 1, told });

  await run('journal register-node', done('déjà inscrite'));
  await run('journal revoke-node personne', refused('Aucune clé de ce nom'));
  await run('journal check', done('0 anomalie(s)'));
  await commandsOnErasures(folder, run);
  await commandsOnExports(journal, folder, run);
  await run('journal keys', done('SIGNER_KEYS='));
  await run('journal keys --witness temoin.example', done('WITNESS_KEY='));
  await run('journal keys rotate', done('--retire'));
  const [, key] = /^log (\S+)/m.exec(readFileSync(join(folder, 'policy.txt'), 'utf8')) ?? [];
  await run(`journal announce-keys --key ${key}`, done());
  await run('journal reconcile', done('rien ne manquait'));
  await run('journal rebaseline', refused('there is nothing to do'));
  await run('journal succeed --log actes --because key-lost', refused('Rien n’est fait'));
  const named = commands.flatMap(({ name }) => (name.startsWith('journal ') ? [name] : []));
  expect([...typed].sort()).toEqual(named.sort());
}

type Run = (line: string, expected: Expected) => Promise<string>;

async function commandsOnErasures(folder: string, run: Run): Promise<void> {
  await run(`journal erase-field ${NOBODY} --field site --ground request`, { status: 1, told: 'Aucune entrée' });
  await run(`journal erase-person ${NOBODY} --ground request`, { status: 1, told: 'rien à effacer' });
  await run('journal erase-period 2999-01 --log actes --ground retention', { status: 1, told: 'n’est pas fini' });
  const held = await run('journal hold --from 2025-01 --ground audit', { status: 0, told: 'Gelé' });
  await run('journal holds', { status: 0, told: '2025-01' });
  await run(`journal lift-hold ${held.split('\n')[0]}`, { status: 0, told: 'Levé' });
  const list = join(folder, 'effacements.jsonl');
  await run(`journal erasures export --out ${list}`, { status: 0, told: '' });
  await run(`journal erasures replay ${list}`, { status: 0, told: 'effacement(s) appliqué(s)' });
}

async function commandsOnExports(journal: WorldDescription['journal'], folder: string, run: Run): Promise<void> {
  const [zip, policy] = [join(folder, 'export.zip'), join(folder, 'policy.txt')];
  writeFileSync(policy, await (await fetch(journal.policy)).text());
  await run(`journal export --log actes --from 0 --out ${zip}`, { status: 0, told: 'PLAGE COMPLÈTE' });
  await run(`journal verify ${zip} --policy ${policy}`, { status: 10, told: 'CE QUI A ÉTÉ VÉRIFIÉ TIENT' });
}
