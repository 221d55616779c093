import { runCli } from '#app/cli/run-cli.ts';
import type { Environment } from '#platform/config/variables.ts';
import { makeKeys } from '#platform/crypto/make-keys.ts';
import { journalEnvironment } from '#support/context-parts.ts';
import { createTestDatabase, type TestDatabase } from '#support/database.ts';

export type Ran = { status: number; out: string[]; said: string };
export type CliWorld = {
  database: TestDatabase;
  env: Environment;
  /** Types a command; `more` is added to the environment. */
  cli(args: readonly string[], more?: Environment): Promise<Ran>;
};

/** The commands on a database of their own, configured as an operator configures them: by an environment. */
export async function createCliWorld(): Promise<CliWorld> {
  const database = await createTestDatabase();
  const env: Environment = {
    PUBLIC_URL: 'https://entremise.example',
    DATABASE_URL: database.appUrl,
    ...journalEnvironment(database),
    WORKER_DATABASE_URL: database.workerUrl,
    OWNER_DATABASE_URL: database.ownerUrl,
    ENTREMISE_KEYS: JSON.stringify(await makeKeys('test')),
    FRANCECONNECT_ISSUER: 'https://franceconnect.example/api/v2',
    FRANCECONNECT_CLIENT_ID: 'entremise',
    FRANCECONNECT_CLIENT_SECRET: 'x'.repeat(40),
    FRANCECONNECT_OWN_IDP_ID: 'entremise-idp',
    SMTP_URL: 'smtp://127.0.0.1:9',
    MAIL_FROM: 'ne-pas-repondre@entremise.example',
    OPERATOR_NAME: 'Département d’essai',
    OPERATOR_ADDRESS: '1 place de la Mairie, 62000 Arras',
    OPERATOR_EMAIL: 'aide@entremise.example',
    OPERATOR_PHONE: '03 21 00 00 00',
    OPERATOR_PUBLICATION_DIRECTOR: 'Camille Roux, présidente',
    OPERATOR_HOSTING: 'Hébergeur d’essai, 1 rue du Port, Lille, 03 20 00 00 00',
    OPERATOR_DPO: 'dpo@entremise.example',
  };
  return {
    database,
    env,
    async cli(args, more = {}) {
      const out: string[] = [];
      const said: string[] = [];
      const io = {
        env: { ...env, ...more },
        out: (line: string) => void out.push(line),
        say: (line: string) => void said.push(line),
      };
      return { status: await runCli(args, io), out, said: said.join('\n') };
    },
  };
}

export const STRUCTURE = [
  ['--name', 'CCAS d’Arras'],
  ['--type', 'ccas'],
  ['--siret', '216 200 410 00019'],
  ['--address', '6 place des Héros'],
  ['--zip-code', '62000'],
  ['--city', 'Arras'],
  ['--departement', '62'],
  ['--phone', '03 21 50 50 50'],
  ['--email', 'ccas@arras.example'],
].flat();
