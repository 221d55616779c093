import type { Keyring } from '../crypto/keys.ts';
import { type Retention, retentionOf } from './retention.ts';
import { type Environment, readVariables } from './variables.ts';

export type Operator = {
  name: string;
  address: string;
  email: string;
  phone: string;
  publicationDirector: string;
  hosting: string;
  dpo: string;
  stateBrand: boolean;
};

/** What the worker needs to seal the journal. */
export type Sealing = { signerUrl: string; signerToken: string; mirror: string; checkpointEvery: number };

/** What the programs that serve and work know of their surroundings. */
export type Config = {
  publicUrl: string;
  host: string;
  port: number;
  trustProxy: number;
  franceconnect: { issuer: string; clientId: string; clientSecret: string; ownIdpId: string };
  /**
   * `witnesses` is the text of the operator's file: C2SP tlog-policy, lines witness, group and quorum. `shards`: the number of
   * each log that succeeded another.
   */
  journal: { origin: string; shards?: { actes?: number; acces?: number }; witnesses: string };
  retention: Retention;
  mail: { smtpUrl: string; from: string };
  operator: Operator;
  logLevel: string;
};

const OF_THE_SERVICE = [
  'PUBLIC_URL',
  'HOST',
  'PORT',
  'TRUST_PROXY',
  'ENTREMISE_KEYS',
  'FRANCECONNECT_ISSUER',
  'FRANCECONNECT_CLIENT_ID',
  'FRANCECONNECT_CLIENT_SECRET',
  'FRANCECONNECT_OWN_IDP_ID',
  'JOURNAL_ORIGIN',
  'JOURNAL_SHARDS',
  'JOURNAL_WITNESSES',
  'RETENTION_MANDATE_MONTHS',
  'RETENTION_ARCHIVE_MONTHS',
  'RETENTION_ACCESS_MONTHS',
  'RETENTION_FEDERATION_MONTHS',
  'SMTP_URL',
  'MAIL_FROM',
  'OPERATOR_NAME',
  'OPERATOR_ADDRESS',
  'OPERATOR_EMAIL',
  'OPERATOR_PHONE',
  'OPERATOR_PUBLICATION_DIRECTOR',
  'OPERATOR_HOSTING',
  'OPERATOR_DPO',
  'OPERATOR_STATE_BRAND',
  'LOG_LEVEL',
] as const;

/** The variables of the server and of the worker, apart from the database of each. */
export function readConfig(env: Environment): { config: Config; keys: Keyring } {
  const value = readVariables(env, OF_THE_SERVICE);
  return {
    keys: value.ENTREMISE_KEYS,
    config: {
      publicUrl: value.PUBLIC_URL,
      host: value.HOST,
      port: value.PORT,
      trustProxy: value.TRUST_PROXY,
      franceconnect: {
        issuer: value.FRANCECONNECT_ISSUER,
        clientId: value.FRANCECONNECT_CLIENT_ID,
        clientSecret: value.FRANCECONNECT_CLIENT_SECRET,
        ownIdpId: value.FRANCECONNECT_OWN_IDP_ID,
      },
      journal: {
        origin: value.JOURNAL_ORIGIN,
        shards: value.JOURNAL_SHARDS,
        witnesses: value.JOURNAL_WITNESSES,
      },
      retention: retentionOf(value),
      mail: { smtpUrl: value.SMTP_URL, from: value.MAIL_FROM },
      operator: {
        name: value.OPERATOR_NAME,
        address: value.OPERATOR_ADDRESS,
        email: value.OPERATOR_EMAIL,
        phone: value.OPERATOR_PHONE,
        publicationDirector: value.OPERATOR_PUBLICATION_DIRECTOR,
        hosting: value.OPERATOR_HOSTING,
        dpo: value.OPERATOR_DPO,
        stateBrand: value.OPERATOR_STATE_BRAND === 'yes',
      },
      logLevel: value.LOG_LEVEL,
    },
  };
}

const OF_THE_SEALING = [
  'JOURNAL_SIGNER_URL',
  'JOURNAL_SIGNER_TOKEN',
  'JOURNAL_MIRROR',
  'JOURNAL_CHECKPOINT_SECONDS',
] as const;

/** The variables that the worker alone has: the server cannot ask for a signature. */
export function readSealing(env: Environment): Sealing {
  const value = readVariables(env, OF_THE_SEALING);
  return {
    signerUrl: value.JOURNAL_SIGNER_URL,
    signerToken: value.JOURNAL_SIGNER_TOKEN,
    mirror: value.JOURNAL_MIRROR,
    checkpointEvery: value.JOURNAL_CHECKPOINT_SECONDS * 1000,
  };
}

/** Where a program of its own listens, and what it tells. */
export type Listening = { host: string; port: number; logLevel: string };
export type SignerConfig = Listening & { keys: readonly string[]; token: string; state: string };
export type WitnessConfig = Listening & { key: string; state: string; logs: string };

const OF_A_PROGRAM = ['HOST', 'PORT', 'LOG_LEVEL'] as const;

/** The variables of the signer. The private keys are still texts. */
export function readSigner(env: Environment): SignerConfig {
  const value = readVariables(env, [...OF_A_PROGRAM, 'SIGNER_KEYS', 'SIGNER_TOKEN', 'SIGNER_STATE']);
  const { HOST: host, PORT: port, LOG_LEVEL: logLevel } = value;
  return { host, port, logLevel, keys: value.SIGNER_KEYS, token: value.SIGNER_TOKEN, state: value.SIGNER_STATE };
}

/** The variables of the witness. `logs` is the text of the file. */
export function readWitness(env: Environment): WitnessConfig {
  const value = readVariables(env, [...OF_A_PROGRAM, 'WITNESS_KEY', 'WITNESS_STATE', 'WITNESS_LOGS']);
  const { HOST: host, PORT: port, LOG_LEVEL: logLevel } = value;
  return { host, port, logLevel, key: value.WITNESS_KEY, state: value.WITNESS_STATE, logs: value.WITNESS_LOGS };
}
