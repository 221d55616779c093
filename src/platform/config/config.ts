import type { Keyring } from '../crypto/keys.ts';
import { type Retention, retentionOf } from './retention.ts';
import { type Environment, readVariables, type VariableName } from './variables.ts';

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

/**
 * What a program uses of its surroundings. `data`: databases and keys alone; `journal`: also the names, keys and witnesses of the
 * logs; `service`: everything.
 */
export type Needs = 'data' | 'journal' | 'service';

const OF_DATA = [
  'HOST',
  'PORT',
  'TRUST_PROXY',
  'ENTREMISE_KEYS',
  'RETENTION_MANDATE_MONTHS',
  'RETENTION_ARCHIVE_MONTHS',
  'RETENTION_ACCESS_MONTHS',
  'RETENTION_FEDERATION_MONTHS',
  'LOG_LEVEL',
] as const;

const OF_FRANCECONNECT = [
  'FRANCECONNECT_ISSUER',
  'FRANCECONNECT_CLIENT_ID',
  'FRANCECONNECT_CLIENT_SECRET',
  'FRANCECONNECT_OWN_IDP_ID',
] as const;

const OF_JOURNAL = ['JOURNAL_ORIGIN', 'JOURNAL_SHARDS', 'JOURNAL_WITNESSES'] as const;
const OF_MAIL = ['SMTP_URL', 'MAIL_FROM'] as const;

const OF_OPERATOR = [
  'OPERATOR_NAME',
  'OPERATOR_ADDRESS',
  'OPERATOR_EMAIL',
  'OPERATOR_PHONE',
  'OPERATOR_PUBLICATION_DIRECTOR',
  'OPERATOR_HOSTING',
  'OPERATOR_DPO',
  'OPERATOR_STATE_BRAND',
] as const;

const NEEDED: Readonly<Record<Needs, readonly VariableName[]>> = {
  data: OF_DATA,
  journal: [...OF_DATA, 'PUBLIC_URL', ...OF_JOURNAL],
  service: ['PUBLIC_URL', ...OF_DATA, ...OF_FRANCECONNECT, ...OF_JOURNAL, ...OF_MAIL, ...OF_OPERATOR],
};

/**
 * The variables of a program, apart from its databases. Throws a ConfigurationError that names every one it needs and that is
 * missing or weak; the others are asked for when, and if, they are read.
 */
export function readConfig(env: Environment, needs: Needs = 'service'): { config: Config; keys: Keyring } {
  readVariables(env, NEEDED[needs]);
  const value = readVariables(env, OF_DATA);
  const journal = once(() => journalOf(env));
  const config: Config = {
    get publicUrl() {
      return readVariables(env, ['PUBLIC_URL']).PUBLIC_URL;
    },
    host: value.HOST,
    port: value.PORT,
    trustProxy: value.TRUST_PROXY,
    get franceconnect() {
      return franceconnectOf(env);
    },
    get journal() {
      return journal();
    },
    retention: retentionOf(value),
    get mail() {
      return mailOf(env);
    },
    get operator() {
      return operatorOf(env);
    },
    logLevel: value.LOG_LEVEL,
  };
  // what serves reads each of them many times
  return { keys: value.ENTREMISE_KEYS, config: needs === 'service' ? { ...config } : config };
}

function once<Value>(make: () => Value): () => Value {
  let made: { value: Value } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}

function franceconnectOf(env: Environment): Config['franceconnect'] {
  const value = readVariables(env, OF_FRANCECONNECT);
  return {
    issuer: value.FRANCECONNECT_ISSUER,
    clientId: value.FRANCECONNECT_CLIENT_ID,
    clientSecret: value.FRANCECONNECT_CLIENT_SECRET,
    ownIdpId: value.FRANCECONNECT_OWN_IDP_ID,
  };
}

function journalOf(env: Environment): Config['journal'] {
  const value = readVariables(env, OF_JOURNAL);
  return { origin: value.JOURNAL_ORIGIN, shards: value.JOURNAL_SHARDS, witnesses: value.JOURNAL_WITNESSES };
}

function mailOf(env: Environment): Config['mail'] {
  const value = readVariables(env, OF_MAIL);
  return { smtpUrl: value.SMTP_URL, from: value.MAIL_FROM };
}

function operatorOf(env: Environment): Operator {
  const value = readVariables(env, OF_OPERATOR);
  return {
    name: value.OPERATOR_NAME,
    address: value.OPERATOR_ADDRESS,
    email: value.OPERATOR_EMAIL,
    phone: value.OPERATOR_PHONE,
    publicationDirector: value.OPERATOR_PUBLICATION_DIRECTOR,
    hosting: value.OPERATOR_HOSTING,
    dpo: value.OPERATOR_DPO,
    stateBrand: value.OPERATOR_STATE_BRAND === 'yes',
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
