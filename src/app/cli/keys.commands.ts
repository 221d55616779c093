import { readVariables } from '#platform/config/variables.ts';
import { keyringSchema } from '#platform/crypto/keys.ts';
import { type KeyringJson, makeKeys } from '#platform/crypto/make-keys.ts';
import { randomCrockford } from '#platform/ids/ids.ts';
import { systemClock } from '#platform/time/clock.ts';
import { parisDay } from '#platform/time/paris.ts';
import { type Command, CommandError } from './command.ts';
import { reEncrypt } from './re-encrypt.ts';
import { withContext } from './with-context.ts';

type Ring = keyof KeyringJson;
const RINGS = Object.keys(keyringSchema.shape) as Ring[];

/** Names the keys made now: the day, and four letters so that two rotations of one day differ. */
function newKeyId(): string {
  return `${parisDay(systemClock.now())}-${randomCrockford(4).toLowerCase()}`;
}

const keysCommand: Command = {
  name: 'keys',
  summary: 'Écrit un trousseau neuf, pour ENTREMISE_KEYS. Gardez-en une copie loin des sauvegardes de la base.',
  async run(_given, io) {
    io.out(JSON.stringify(await makeKeys(newKeyId())));
  },
};

const rotateCommand: Command = {
  name: 'keys rotate',
  summary: 'Écrit le trousseau d’ENTREMISE_KEYS avec une clé neuve en tête de chaque anneau ; les anciennes restent.',
  options: { ring: { hint: `seulement cet anneau : ${RINGS.join(', ')}`, multiple: true } },
  async run(given, io) {
    readVariables(io.env, ['ENTREMISE_KEYS']);
    const asked = given.list('ring');
    const unknown = asked.find((name) => !RINGS.includes(name as Ring));
    if (unknown) throw new CommandError(`--ring : anneau inconnu « ${unknown} » ; il y a ${RINGS.join(', ')}`);
    const rings = asked.length > 0 ? (asked as Ring[]) : RINGS;
    const old = JSON.parse(io.env.ENTREMISE_KEYS ?? '{}') as KeyringJson;
    const fresh = await makeKeys(newKeyId());
    const rotated = RINGS.map((ring) => [ring, rings.includes(ring) ? [...fresh[ring], ...old[ring]] : old[ring]]);
    io.out(JSON.stringify(Object.fromEntries(rotated)));
    io.say('Mettez ce trousseau partout (serveurs, workers, commandes), puis :');
    if (rings.includes('journalNode')) {
      io.say('  npm run cli -- journal register-node    avant de redémarrer un serveur');
      const [before, now] = [old.journalNode[0]?.kid, fresh.journalNode[0]?.kid];
      io.say(
        `  La clé « journalNode » neuve s’appelle ${now}. L’ancienne, ${before}, se révoque une fois les programmes redémarrés :`,
      );
      io.say(`  npm run cli -- journal revoke-node ${before}`);
    }
    if (rings.includes('data'))
      io.say('  npm run cli -- keys re-encrypt          puis retirez l’ancienne clé de « data »');
  },
};

const reEncryptCommand: Command = {
  name: 'keys re-encrypt',
  summary:
    'Chiffre à nouveau, avec la clé « data » en tête, tout ce qu’une autre a chiffré. Peut être arrêté et relancé.',
  async run(_given, io) {
    const left = await withContext(io, 'owner', (ctx) => reEncrypt(ctx, (line) => io.out(line)));
    if (left > 0) {
      throw new CommandError(
        `${left} valeur(s) sont encore sous une ancienne clé : un programme tourne avec l’ancien trousseau. Relancez quand il aura le nouveau.`,
      );
    }
    io.say('Tout est sous la clé en tête : les anciennes clés « data » peuvent quitter le trousseau.');
  },
};

export const keysCommands: readonly Command[] = [keysCommand, rotateCommand, reEncryptCommand];
