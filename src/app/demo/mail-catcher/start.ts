import type { AddressInfo } from 'node:net';
import type { Readable } from 'node:stream';
import express, { type Express } from 'express';
import PostalMime from 'postal-mime';
import { SMTPServer, type SMTPServerSession } from 'smtp-server';
import { listen } from '../web/listen.ts';
import { type Message, messageOf } from './message.ts';
import { messagesPage } from './messages.page.ts';

export interface MailCatcherOptions {
  /** 0 = a free port. */
  readonly httpPort: number;
  readonly smtpPort: number;
  /** Where it listens: 127.0.0.1 unless said otherwise. */
  readonly host?: string | undefined;
  readonly now?: () => Date;
}

export interface MailCatcher {
  readonly httpUrl: string;
  /** `smtp://127.0.0.1:PORT`, as nodemailer takes it. */
  readonly smtpUrl: string;
  /** Newest first. */
  messages(): Message[];
  clear(): void;
  /** While true, every message is answered 451 (a temporary failure). */
  refuse(refused: boolean): void;
  close(): Promise<void>;
}

const kept = 1000;

/**
 * A mail server that delivers nothing: what it is given can be read at `GET /messages` (JSON, newest first) and on its page.
 * `DELETE /messages` empties it. Listens on 127.0.0.1, without authentication.
 */
export async function startMailCatcher({ httpPort, smtpPort, host, now }: MailCatcherOptions): Promise<MailCatcher> {
  const clock = now ?? (() => new Date());
  let messages: Message[] = [];
  let refused = false;
  const smtp = smtpServer({
    refuses: () => refused,
    async receive(source, session) {
      const recipients = session.envelope.rcptTo.map((recipient) => recipient.address);
      messages = [messageOf(await PostalMime.parse(source), recipients, clock()), ...messages].slice(0, kept);
    },
  });
  const port = await listenSmtp(smtp, smtpPort, host);
  const clear = () => {
    messages = [];
  };
  const http = await listen({ port: httpPort, host }, () => httpApp(() => messages, clear)).catch(
    async (error: unknown) => {
      await closeSmtp(smtp);
      throw error;
    },
  );
  return {
    httpUrl: http.url,
    smtpUrl: `smtp://127.0.0.1:${port}`,
    messages: () => messages,
    clear,
    refuse: (wanted) => {
      refused = wanted;
    },
    close: async () => {
      await Promise.all([http.close(), closeSmtp(smtp)]);
    },
  };
}

interface Reception {
  refuses(): boolean;
  receive(source: Buffer, session: SMTPServerSession): Promise<void>;
}

function smtpServer({ refuses, receive }: Reception): SMTPServer {
  return new SMTPServer({
    authOptional: true,
    disabledCommands: ['AUTH', 'STARTTLS'],
    disableReverseLookup: true,
    logger: false,
    onMailFrom(_address, _session, callback) {
      if (!refuses()) return callback();
      callback(Object.assign(new Error('try again later'), { responseCode: 451 }));
    },
    onData(stream, session, callback) {
      collect(stream)
        .then((source) => receive(source, session))
        .then(() => callback(), callback);
    },
  });
}

async function collect(stream: Readable): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const part of stream) parts.push(part as Buffer);
  return Buffer.concat(parts);
}

function listenSmtp(smtp: SMTPServer, port: number, host = '127.0.0.1'): Promise<number> {
  return new Promise((resolve, reject) => {
    smtp.once('error', reject);
    smtp.listen(port, host, () => {
      smtp.off('error', reject);
      // A client that leaves in the middle is no reason to stop.
      smtp.on('error', () => {});
      resolve((smtp.server.address() as AddressInfo).port);
    });
  });
}

function closeSmtp(smtp: SMTPServer): Promise<void> {
  return new Promise((resolve) => smtp.close(() => resolve()));
}

function httpApp(messages: () => Message[], clear: () => void): Express {
  const app = express();
  app.disable('x-powered-by');
  app.get('/', (_request, response) => void response.send(messagesPage(messages())));
  app.get('/messages', (_request, response) => void response.json(messages()));
  app.delete('/messages', (_request, response) => {
    clear();
    response.status(204).end();
  });
  return app;
}
