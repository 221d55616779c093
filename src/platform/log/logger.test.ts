import { Writable } from 'node:stream';
import { expect, test } from 'vitest';
import { createLogger } from './logger.ts';

function logged(write: (logger: ReturnType<typeof createLogger>) => void, level = 'info'): string[] {
  const lines: string[] = [];
  const sink = new Writable({
    write(chunk, _encoding, done) {
      lines.push(String(chunk));
      done();
    },
  });
  write(createLogger(level, sink));
  return lines;
}

const SECRET = 'claire.martin@arras.example';

test('an error of the database is told by its code and constraint: its message and detail quote the row', () => {
  const error = Object.assign(new Error(`duplicate key value (${SECRET})`), {
    ...{ severity: 'ERROR', code: '23505', constraint: 'aidant_email_is_unique', detail: `Key (email)=(${SECRET})` },
    ...{ where: SECRET, hint: SECRET, query: SECRET, parameters: [SECRET] },
  });
  const [line = ''] = logged((logger) => logger.error({ err: error }, 'failed'));
  expect(line).not.toContain(SECRET);
  const { err } = JSON.parse(line);
  expect(err).toMatchObject({ type: 'Error', code: '23505', constraint: 'aidant_email_is_unique' });
  expect(err.stack.split('\n').every((one: string) => one.startsWith('    at '))).toBe(true);
});

test('another error is told by its own sentence, not by its causes nor by what hangs on it', () => {
  const cause = new Error(SECRET);
  const error = Object.assign(new Error('no', { cause }), { body: SECRET, response: { body: SECRET } });
  const [line = ''] = logged((logger) => logger.warn({ err: error }));
  expect(line).not.toContain(SECRET);
  expect(JSON.parse(line).err.message).toBe('no');
});

test('what is thrown and is no error is not told', () => {
  for (const thrown of [SECRET, { email: SECRET }, [SECRET]]) {
    expect(logged((logger) => logger.error({ err: thrown })).join('')).not.toContain(SECRET);
  }
});

test('neither the machine nor the process is named; a member called secret is masked', () => {
  const [line = ''] = logged((logger) =>
    logger.info({ client: { secret: SECRET, password: SECRET, token: SECRET } }, 'x'),
  );
  expect(line).not.toContain(SECRET);
  expect(Object.keys(JSON.parse(line)).sort()).toEqual(['client', 'level', 'msg', 'time']);
});

test('below its level nothing is written', () => {
  expect(logged((logger) => logger.info('x'), 'warn')).toEqual([]);
  expect(logged((logger) => logger.fatal('x'), 'silent')).toEqual([]);
});
