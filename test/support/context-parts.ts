import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { registerNode } from '#journal';
import type { Keyring } from '#platform/crypto/keys.ts';
import { openDatabase } from '#platform/db/database.ts';
import { createLogger } from '#platform/log/logger.ts';
import { after } from '#platform/time/clock.ts';
import type { TestDatabase } from './database.ts';

export type MovableClock = { now(): Date; set(instant: Date): void; advance(milliseconds: number): void };

/** When most tests begin, in Paris at ten. Those that follow the clock of a phone or of a partner pass the real time. */
export const MONDAY_MORNING = new Date('2026-03-02T09:00:00.000Z');

/** A clock that stands still until it is moved. */
export function movableClock(start: Date): MovableClock {
  let instant = start;
  return {
    now: () => instant,
    set: (next) => {
      instant = next;
    },
    advance: (milliseconds) => {
      instant = after(instant, milliseconds);
    },
  };
}

/** A logger whose lines can be read back. */
export function readableLogger(level: Parameters<typeof createLogger>[0]) {
  const lines: string[] = [];
  const sink = new Writable({
    write(chunk, _encoding, done) {
      lines.push(String(chunk));
      done();
    },
  });
  return { lines, logger: createLogger(level, sink) };
}

/** The journal of the tests, before any witness is asked: whoever seals replaces it. */
export const TEST_JOURNAL = { origin: 'journal.entremise.test', witnesses: 'quorum none\n' };

/** The same as an environment says it, for programs started by a test. */
export function journalEnvironment(database: Pick<TestDatabase, 'readerUrl'>): Record<string, string> {
  const folder = mkdtempSync(join(tmpdir(), 'entremise-journal-'));
  const file = join(folder, 'witnesses.txt');
  writeFileSync(file, TEST_JOURNAL.witnesses);
  return {
    READER_DATABASE_URL: database.readerUrl,
    JOURNAL_ORIGIN: TEST_JOURNAL.origin,
    JOURNAL_WITNESSES: file,
    JOURNAL_SIGNER_URL: 'http://127.0.0.1:9',
    JOURNAL_SIGNER_TOKEN: 'x'.repeat(40),
    JOURNAL_MIRROR: join(folder, 'mirror'),
    JOURNAL_CHECKPOINT_SECONDS: '1',
  };
}

/** What programs ask of their environment beside databases, keys and journal: partners who do not answer, and an operator. */
export const PLAIN_ENVIRONMENT: Readonly<Record<string, string>> = {
  FRANCECONNECT_ISSUER: 'http://localhost:9/api/v2',
  FRANCECONNECT_CLIENT_ID: 'x',
  FRANCECONNECT_CLIENT_SECRET: 'x'.repeat(32),
  FRANCECONNECT_OWN_IDP_ID: 'x',
  SMTP_URL: 'smtp://127.0.0.1:9',
  MAIL_FROM: 'a@b.example',
  OPERATOR_NAME: 'Essai',
  OPERATOR_ADDRESS: '1 place de la Mairie',
  OPERATOR_EMAIL: 'a@b.example',
  OPERATOR_PHONE: '03 21 00 00 00',
  OPERATOR_PUBLICATION_DIRECTOR: 'Essai',
  OPERATOR_HOSTING: 'Essai, ici',
  OPERATOR_DPO: 'a@b.example',
};

/** A pool tells of connections ended by the server; a test drops its database under them. */
export const ignoreClosing = () => undefined;

/** Lets these keys write in the journal of a test database. */
export async function registerTestNode(keys: Keyring, database: TestDatabase): Promise<void> {
  const owner = openDatabase(database.ownerUrl, { max: 1, onError: ignoreClosing });
  await registerNode({ keys }, owner);
  await owner.destroy();
}
