import { Logger as QueueLogger } from 'graphile-worker';
import type { Logger } from '#platform/log/logger.ts';

/** The queue's messages quote payloads and mail errors: only the task and the level are kept. */
export function quietWorkerLogger(logger: Logger): QueueLogger {
  return new QueueLogger(() => (level, _message, meta) => {
    if (level !== 'error' && level !== 'warning') return;
    const job = meta?.job as { id: string; task_identifier: string } | undefined;
    const code = meta?.error instanceof Error && 'code' in meta.error ? String(meta.error.code) : undefined;
    logger[level === 'error' ? 'error' : 'warn']({ task: job?.task_identifier, job: job?.id, code }, 'queue');
  });
}
