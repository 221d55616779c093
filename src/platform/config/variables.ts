import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { type Keyring, parseKeyring } from '../crypto/keys.ts';
import { retentionSchema } from './retention.ts';

const variables = {
  PUBLIC_URL: 'the address people type, without a path; https except on localhost',
  HOST: 'the address the server listens on (127.0.0.1)',
  PORT: 'the port the server listens on (3000)',
  TRUST_PROXY: 'how many proxies stand in front of the server (0)',
  DATABASE_URL: 'PostgreSQL, role entremise_app',
  WORKER_DATABASE_URL: 'PostgreSQL, role entremise_worker',
  OWNER_DATABASE_URL: 'PostgreSQL, role entremise_owner, for migrations',
  READER_DATABASE_URL: 'PostgreSQL, role entremise_reader: what auditors read',
  ENTREMISE_KEYS: 'the rings of keys, as JSON made by `npm run cli -- keys`',
  FRANCECONNECT_ISSUER: 'the issuer of FranceConnect, ending in /api/v2',
  FRANCECONNECT_CLIENT_ID: 'our client id at FranceConnect',
  FRANCECONNECT_CLIENT_SECRET: 'our client secret at FranceConnect, 32 characters at least',
  FRANCECONNECT_OWN_IDP_ID: 'the idp_id FranceConnect gives to Entremise as identity provider',
  JOURNAL_ORIGIN: 'the name under which the logs are signed, without a scheme, for ever: journal.entremise.example',
  JOURNAL_SHARDS: 'which shard of each log is in use, once `journal succeed` closed one: actes=2 (the first of both)',
  JOURNAL_WITNESSES: 'the file that names the witnesses and how many must cosign, as C2SP tlog-policy writes it',
  JOURNAL_SIGNER_URL: 'the address of the signer of the journal',
  JOURNAL_SIGNER_TOKEN: 'what the worker and the signer both know, 32 characters at least',
  JOURNAL_MIRROR: 'the folder, on another disk than the database, where what is sealed is copied before it is signed',
  JOURNAL_CHECKPOINT_SECONDS: 'how often a tree that grew is signed at most (10)',
  SIGNER_KEYS: 'the private keys of the logs, from `npm run cli -- journal keys`, separated by commas',
  SIGNER_TOKEN: 'what the worker and the signer both know, 32 characters at least',
  SIGNER_STATE: 'the folder, outside every backup of the database, where the signer remembers what it signed',
  WITNESS_KEY: 'the private key of the witness, from `npm run cli -- journal keys --witness NAME`',
  WITNESS_STATE: 'the folder where the witness remembers what it cosigned',
  WITNESS_LOGS: 'the file with the keys of the logs to witness, one `log` line each, as C2SP tlog-policy writes it',
  RETENTION_MANDATE_MONTHS: 'how long a mandate stays in everyday pages after its end (36)',
  RETENTION_ARCHIVE_MONTHS: 'how long it is then archived, before its file is erased (36)',
  RETENTION_ACCESS_MONTHS: 'how long the journal of accesses is kept (12)',
  RETENTION_FEDERATION_MONTHS: 'how long the tokens of FranceConnect and the connections are kept (36)',
  SMTP_URL: 'the mail relay, smtp:// or smtps://',
  MAIL_FROM: 'the address mails come from',
  OPERATOR_NAME: 'the legal person that runs this service',
  OPERATOR_ADDRESS: 'its postal address',
  OPERATOR_EMAIL: 'where people write for help',
  OPERATOR_PHONE: 'where people call for help',
  OPERATOR_PUBLICATION_DIRECTOR: 'who answers for what is published (LCEN art. 1-1)',
  OPERATOR_HOSTING: 'the name, address and phone of the hosting provider (LCEN art. 1-1)',
  OPERATOR_DPO: 'the e-mail address of the data protection officer (RGPD art. 13)',
  OPERATOR_STATE_BRAND: '`yes` only when the operator may use the bloc-marque and the Marianne font',
  LOG_LEVEL: 'fatal, error, warn, info or debug (info)',
} as const;

export type VariableName = keyof typeof variables;

/** Every variable that a program may read. */
export const VARIABLE_NAMES = Object.keys(variables) as VariableName[];

export type Environment = Partial<Record<string, string>>;

const loopback = /^(localhost|127\.0\.0\.1|\[::1\])$/;

const webAddress = z
  .url({ protocol: /^https?$/ })
  .transform((text) => text.replace(/\/$/, ''))
  .refine((text) => text.startsWith('https:') || loopback.test(new URL(text).hostname), 'https is required')
  .refine((text) => !new URL(text).search && !new URL(text).hash, 'no query, no fragment');

/** `host/path` in lower case: it is a line of each checkpoint and the name of the keys that sign it (C2SP signed-note). */
const originName = z
  .string()
  .regex(/^[a-z0-9.-]+(:\d+)?(\/[a-z0-9._-]+)*$/, 'not a name such as journal.entremise.example');

/** `actes=2,acces=3`: the number that ends the origin of a log that succeeded another; without one, it is the first. */
const shards = z
  .string()
  .default('')
  .transform((text) => text.split(/[\s,]+/).filter(Boolean))
  .refine((parts) => parts.every((part) => /^(actes|acces)=([2-9]|[1-9][0-9]{1,3})$/.test(part)), 'not such as actes=2')
  .transform((parts): { actes?: number; acces?: number } =>
    Object.fromEntries(parts.map((part) => part.split('=')).map(([log, shard]) => [log, Number(shard)])),
  );

const fileText = z.string().transform((path, context) => {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    context.addIssue({ code: 'custom', message: `cannot be read (${(error as NodeJS.ErrnoException).code})` });
    return z.NEVER;
  }
});

/** Their look alone: whoever signs with them checks them. */
const isSigningKey = (text: string) => /^PRIVATE\+KEY\+[^+\s,]+\+[0-9a-f]{8}\+[A-Za-z0-9+/=]+$/.test(text);

const schema = z.object({
  // as browsers write it in Origin: lower case, no default port
  PUBLIC_URL: webAddress
    .refine((text) => new URL(text).pathname === '/', 'no path')
    .refine((text) => !new URL(text).username && !new URL(text).password, 'no user')
    .transform((text) => new URL(text).origin),
  HOST: z.string().default('127.0.0.1'),
  PORT: z.coerce.number().int().min(0).max(65_535).default(3000),
  TRUST_PROXY: z.coerce.number().int().min(0).max(5).default(0),
  DATABASE_URL: z.url({ protocol: /^postgres(ql)?$/ }),
  WORKER_DATABASE_URL: z.url({ protocol: /^postgres(ql)?$/ }),
  OWNER_DATABASE_URL: z.url({ protocol: /^postgres(ql)?$/ }),
  READER_DATABASE_URL: z.url({ protocol: /^postgres(ql)?$/ }),
  ENTREMISE_KEYS: z.string().transform((json, context): Keyring => {
    try {
      return parseKeyring(json);
    } catch (error) {
      const reason = error instanceof z.ZodError ? z.prettifyError(error) : 'not JSON';
      context.addIssue({ code: 'custom', message: reason });
      return z.NEVER;
    }
  }),
  FRANCECONNECT_ISSUER: webAddress,
  FRANCECONNECT_CLIENT_ID: z.string().min(1),
  FRANCECONNECT_CLIENT_SECRET: z.string().min(32, 'too weak: 32 characters at least'),
  FRANCECONNECT_OWN_IDP_ID: z.string().min(1),
  JOURNAL_ORIGIN: originName,
  JOURNAL_SHARDS: shards,
  JOURNAL_WITNESSES: fileText,
  JOURNAL_SIGNER_URL: webAddress,
  JOURNAL_SIGNER_TOKEN: z.string().min(32, 'too weak: 32 characters at least'),
  JOURNAL_MIRROR: z.string().min(1),
  JOURNAL_CHECKPOINT_SECONDS: z.coerce.number().int().min(1).max(60).default(10),
  SIGNER_KEYS: z
    .string()
    .transform((text) => text.split(/[\s,]+/).filter(Boolean))
    .refine((keys) => keys.every(isSigningKey), 'not private keys as `journal keys` writes them'),
  SIGNER_TOKEN: z.string().min(32, 'too weak: 32 characters at least'),
  SIGNER_STATE: z.string().min(1),
  WITNESS_KEY: z
    .string()
    .trim()
    .refine((key) => isSigningKey(key), 'not a private key as `journal keys` writes it'),
  WITNESS_STATE: z.string().min(1),
  WITNESS_LOGS: fileText,
  ...retentionSchema,
  SMTP_URL: z.url({ protocol: /^smtps?$/ }),
  MAIL_FROM: z.email(),
  OPERATOR_NAME: z.string().min(2),
  OPERATOR_ADDRESS: z.string().min(5),
  OPERATOR_EMAIL: z.email(),
  OPERATOR_PHONE: z.string().min(4),
  OPERATOR_PUBLICATION_DIRECTOR: z.string().min(2),
  OPERATOR_HOSTING: z.string().min(5),
  OPERATOR_DPO: z.email(),
  OPERATOR_STATE_BRAND: z.enum(['yes', 'no']).default('no'),
  LOG_LEVEL: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'silent']).default('info'),
});

type Values = z.infer<typeof schema>;

/** Says which variables are missing or weak, what each is for, and never their value. */
export class ConfigurationError extends Error {
  constructor(problems: string[]) {
    super(`The configuration does not allow a start:\n${problems.map((problem) => `  - ${problem}`).join('\n')}`);
    this.name = 'ConfigurationError';
  }
}

/** Reads the named variables. Throws a ConfigurationError that lists every one that is missing or weak. */
export function readVariables<Name extends VariableName>(env: Environment, names: readonly Name[]): Pick<Values, Name> {
  const wanted = z.object(Object.fromEntries(names.map((name) => [name, schema.shape[name]])));
  const given = Object.fromEntries(names.map((name) => [name, env[name] || undefined]));
  const parsed = wanted.safeParse(given);
  if (parsed.success) return parsed.data as unknown as Pick<Values, Name>;
  throw new ConfigurationError(
    parsed.error.issues.map((issue) => {
      const name = String(issue.path[0]) as VariableName;
      const fault = env[name] ? issue.message.replaceAll('\n', ' ') : 'missing';
      return `${name}: ${fault} — ${variables[name]}`;
    }),
  );
}
