import {
  announceKeys,
  type KeyReason,
  type KeysChanged,
  LOGS,
  type LogName,
  makeSigningKey,
  originOf,
  retireKeys,
  type SigningKey,
} from '#journal';
import { COSIGNATURE_V1, ED25519 } from '#journal/verify';
import { readVariables } from '#platform/config/variables.ts';
import { randomToken } from '#platform/crypto/hashes.ts';
import { readKey, signerKeys } from '../start-signer.ts';
import { type Command, CommandError, type Io } from './command.ts';
import { logMeant } from './journal-meant.ts';
import { withNode } from './with-context.ts';

/** The names under which these logs are signed, by the configuration. */
const originsOf = ({ env }: Io, logs: readonly LogName[]) => {
  const { JOURNAL_ORIGIN: origin, JOURNAL_SHARDS: shards } = readVariables(env, ['JOURNAL_ORIGIN', 'JOURNAL_SHARDS']);
  return logs.map((log) => originOf({ config: { journal: { origin, shards } } }, log));
};

const keysCommand: Command = {
  name: 'journal keys',
  summary:
    'Écrit des clés neuves : celles du signataire pour les deux journaux et le secret du worker, ou celle d’un témoin.',
  options: {
    witness: { hint: 'le nom d’un témoin, comme temoin.example/entremise : sa clé, au lieu de celles du signataire' },
    log: { hint: 'actes ou acces : la clé de ce journal seul, sans secret, après « journal succeed »' },
  },
  async run(given, io) {
    const name = given.text('witness');
    if (name !== undefined) return writeWitnessKey(name, io);
    const log = given.text('log');
    const keys = originsOf(io, log === undefined ? LOGS : [logMeant(log)]).map((origin) =>
      makeSigningKey(origin, ED25519),
    );
    if (log !== undefined) return tellOne(keys, io);
    const token = randomToken();
    io.out(`SIGNER_KEYS=${keys.join(',')}`);
    io.out(`SIGNER_TOKEN=${token}`);
    io.out(`JOURNAL_SIGNER_TOKEN=${token}`);
    io.say('SIGNER_… est pour le signataire, JOURNAL_SIGNER_TOKEN pour les workers. Annoncez les clés publiques :');
    io.say(announcement(signerKeys({ keys })));
  },
};

function tellOne(keys: string[], io: Io): void {
  io.out(`SIGNER_KEYS=${keys.join(',')}`);
  io.say('Mettez-la dans SIGNER_KEYS du signataire, avec celle de l’autre journal. Annoncez la clé publique :');
  io.say(announcement(signerKeys({ keys })));
}

function writeWitnessKey(name: string, io: Io): void {
  const text = newKey(name);
  io.out(`WITNESS_KEY=${text}`);
  io.say('La ligne à mettre dans la politique (JOURNAL_WITNESSES), avec l’adresse du témoin :');
  io.say(`  witness NOM ${readKey('WITNESS_KEY', text).vkey.text} https://…`);
}

function newKey(name: string): string {
  try {
    return makeSigningKey(name, COSIGNATURE_V1);
  } catch (error) {
    if (error instanceof RangeError)
      throw new CommandError('--witness : un nom sans espace ni « + », comme une adresse sans https://');
    throw error;
  }
}

const rotateCommand: Command = {
  name: 'journal keys rotate',
  summary: 'Écrit SIGNER_KEYS avec une clé neuve pour chaque journal, devant les anciennes qui continuent de signer.',
  async run(_given, io) {
    const { SIGNER_KEYS: old } = readVariables(io.env, ['SIGNER_KEYS']);
    const names = [...new Set(signerKeys({ keys: old }).map(({ vkey }) => vkey.name))];
    const fresh = names.map((name) => makeSigningKey(name, ED25519));
    io.out(`SIGNER_KEYS=${[...fresh, ...old].join(',')}`);
    io.say('1. Donnez les clés publiques neuves aux témoins, puis annoncez-les :');
    io.say(announcement(signerKeys({ keys: fresh })));
    io.say(
      '2. Redémarrez le signataire avec cette valeur : les clés anciennes et neuves signent ensemble, un mois au moins.',
    );
    io.say('3. Ôtez alors les anciennes de SIGNER_KEYS, et dites qu’elles ne signent plus :');
    io.say(
      `  npm run cli -- journal announce-keys ${signerKeys({ keys: old })
        .map(({ vkey }) => `--retire ${vkey.text}`)
        .join(' ')}`,
    );
  },
};

function announcement(keys: readonly SigningKey[]): string {
  return `  npm run cli -- journal announce-keys ${keys.map(({ vkey }) => `--key ${vkey.text}`).join(' ')}`;
}

const REASONS: Readonly<Record<KeyReason, string>> = {
  'not-a-key': 'ce n’est pas une clé publique de journal',
  'other-log': 'son nom n’est pas celui d’un journal de JOURNAL_ORIGIN',
  'other-origin':
    'JOURNAL_ORIGIN n’est plus celle de la base : elle ne change jamais (après « journal succeed » : JOURNAL_SHARDS)',
  retired: 'cette clé a été retirée : elle ne signera plus',
  unknown: 'cette clé n’a jamais été annoncée',
  'last-key': 'c’est la seule clé de ce journal : annoncez-en une autre d’abord',
};

const announceCommand: Command = {
  name: 'journal announce-keys',
  summary:
    'Annonce les clés publiques qui signent les journaux, ou en retire. L’annonce est elle-même une entrée du journal.',
  options: {
    key: { hint: 'une clé publique, comme « journal keys » l’écrit', multiple: true },
    retire: { hint: 'une clé qui ne signe plus ; ce qu’elle a signé reste vérifiable', multiple: true },
  },
  async run(given, io) {
    const [keys, retired] = [given.list('key'), given.list('retire')];
    if (keys.length + retired.length === 0) throw new CommandError('dites --key ou --retire, avec une clé publique');
    await withNode(
      io,
      'owner',
      async (ctx) => {
        say(io, 'Annoncée', await announceKeys(ctx, ctx.db, keys));
        say(io, 'Retirée', await retireKeys(ctx, ctx.db, retired));
      },
      'journal',
    );
  },
};

function say(io: Io, done: string, answer: KeysChanged): void {
  if (!answer.ok) throw new CommandError(`${answer.key} : ${REASONS[answer.reason]}`);
  for (const key of answer.changed) io.say(`${done} : ${key}`);
}

export const journalKeysCommands: readonly Command[] = [keysCommand, rotateCommand, announceCommand];
