import type { AuditorAtWork } from '#identity';
import { html, type Reply } from '#platform/http/reply.ts';
import type { PageRequest } from '#platform/http/route.ts';
import { momentOf } from '#platform/time/paris.ts';
import { LimitPage } from '#views/audit/limits/limit.tsx';
import type { Limited } from './limits.ts';

/** What an auditor reads when a limit stops them (429): which one, until when, and what can be done meanwhile. */
export function limitReply({ ctx, frame }: Pick<PageRequest<AuditorAtWork>, 'ctx' | 'frame'>, limited: Limited): Reply {
  ctx.logger.info({ id: frame.requestId, code: limited.code, status: 429 }, 'refused');
  return html(<LimitPage frame={frame} {...limited} until={momentOf(limited.until)} />, 429);
}
