import { announceKeys, ensurePartitions, registerNode } from '#journal';
import { readSealing } from '#platform/config/config.ts';
import type { AppContext } from '#platform/context.ts';
import { openDatabase } from '#platform/db/database.ts';
import { createLogger } from '#platform/log/logger.ts';
import { type Clock, systemClock } from '#platform/time/clock.ts';
import { openContext } from '../context.ts';
import { StartError } from '../fail-to-start.ts';
import { type SeedAccount, seed } from '../seed/seed.ts';
import { startServer } from '../start-server.ts';
import { startWorker } from '../start-worker.ts';
import { describeWorld, type WorldDescription } from './description.ts';
import { startJournalPrograms } from './journal-programs.ts';
import {
  IDENTITY_PROVIDER_CLIENT_ID,
  localUrl,
  OWN_IDP_ID,
  type Partners,
  RELYING_PARTY_ID,
  startPartners,
} from './partners.ts';
import type { DemoPorts } from './ports-of-demo.ts';
import type { DemoSecrets } from './secrets.ts';

export type DatabaseUrls = { superuser: string; owner: string; app: string; worker: string; reader: string };

export type DemoWorld = {
  description: WorldDescription;
  /** What a command of the operator needs on this world: the variables of the service, of the worker and of the signer. */
  environment: Record<string, string>;
  partners: Partners;
  accounts: readonly SeedAccount[];
  close(): Promise<void>;
};

export type DemoWorldOptions = {
  ports: DemoPorts;
  secrets: DemoSecrets;
  databases: DatabaseUrls;
  /** Where the signer and the witnesses of the journal remember what they signed. */
  journalFolder: string;
  clock?: Clock;
  logLevel?: string;
  /** How many usagers the first filling makes. */
  people?: number;
  /** When it is aborted nobody waits for this world any more: what fails then is not told. */
  givenUp?: AbortSignal;
};

/** The whole service and its partners on this machine, in one process, on a database that is migrated already. */
export async function startDemoWorld(options: DemoWorldOptions): Promise<DemoWorld> {
  const { ports, secrets, databases, clock = systemClock } = options;
  const logger = createLogger(options.logLevel ?? 'warn');
  const journal = await startJournalPrograms({
    folder: options.journalFolder,
    ports,
    secrets: secrets.journal,
    logger,
  });
  const env = { ...environmentOf(options), ...journal.environment };
  const partners = await startPartners(ports, secrets, clock);
  const app = openContext(env, 'app', clock);
  const worker = openContext(env, 'worker', clock);
  options.givenUp?.addEventListener('abort', () => {
    for (const one of [app.ctx.logger, worker.ctx.logger, logger]) one.level = 'silent';
  });
  await register(databases.owner, app.ctx, journal.vkeys);
  const accounts = await seed(app.ctx, {
    accountsSecret: secrets.accounts,
    workerUrl: databases.worker,
    people: options.people,
    client: {
      clientId: IDENTITY_PROVIDER_CLIENT_ID,
      clientSecret: secrets.identityProviderSecret,
      franceconnect: `${localUrl(ports.franceconnect)}/api/v2`,
    },
  });
  const server = await startServer(app.ctx);
  const queue = await startWorker(worker.ctx, databases.worker, readSealing(env));
  return {
    description: describeWorld({ ...options, accounts, journal }),
    environment: { ...env, ...journal.signerEnvironment },
    partners,
    accounts,
    async close() {
      await server.close();
      await queue.stop();
      await Promise.all([partners.close(), journal.close()]);
      await Promise.all([app.close(), worker.close()]);
    },
  };
}

async function register(ownerUrl: string, ctx: AppContext, vkeys: readonly string[]): Promise<void> {
  const owner = openDatabase(ownerUrl, { max: 1, onError: () => undefined });
  await ensurePartitions(owner);
  await registerNode(ctx, owner);
  const announced = await announceKeys(ctx, owner, vkeys);
  await owner.destroy();
  if (!announced.ok) throw new StartError(`${announced.key}: ${announced.reason}`);
}

/** The demonstration is configured as any service is: by an environment, checked the same way. */
function environmentOf({ ports, secrets, databases, logLevel = 'warn' }: DemoWorldOptions): Record<string, string> {
  return {
    PUBLIC_URL: localUrl(ports.app),
    PORT: String(ports.app),
    DATABASE_URL: databases.app,
    WORKER_DATABASE_URL: databases.worker,
    OWNER_DATABASE_URL: databases.owner,
    READER_DATABASE_URL: databases.reader,
    ENTREMISE_KEYS: JSON.stringify(secrets.keys),
    FRANCECONNECT_ISSUER: `${localUrl(ports.franceconnect)}/api/v2`,
    FRANCECONNECT_CLIENT_ID: RELYING_PARTY_ID,
    FRANCECONNECT_CLIENT_SECRET: secrets.relyingPartySecret,
    FRANCECONNECT_OWN_IDP_ID: OWN_IDP_ID,
    SMTP_URL: `smtp://127.0.0.1:${ports.smtp}`,
    MAIL_FROM: 'ne-pas-repondre@entremise.example',
    OPERATOR_NAME: 'Démonstration d’Entremise',
    OPERATOR_ADDRESS: '1 place de la Démonstration, 62000 Arras',
    OPERATOR_EMAIL: 'aide@entremise.example',
    OPERATOR_PHONE: '03 21 00 00 00',
    OPERATOR_PUBLICATION_DIRECTOR: 'Personne, ceci est une démonstration',
    OPERATOR_HOSTING: 'Cet ordinateur',
    OPERATOR_DPO: 'dpo@entremise.example',
    LOG_LEVEL: logLevel,
  };
}
