import { knownRules } from '#audit';
import { html } from '#platform/http/reply.ts';
import type { Page } from '#platform/http/route.ts';
import { ControlRulesPage } from '#views/site/control-rules.tsx';

/** What rules look at in the journal, for the aidants they are about and for everybody. */
export const controlRulesPage: Page<unknown> = async ({ ctx, frame }) =>
  html(<ControlRulesPage frame={frame} rules={await knownRules(ctx.db)} />);
