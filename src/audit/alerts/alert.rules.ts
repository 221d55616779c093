import { z } from 'zod';
import { type FieldErrors, type Form, readForm, textOf } from '#platform/http/form.ts';
import { LONGEST_NOTE, textBlock } from '../cases/case.rules.ts';

export const DECISIONS = ['normal', 'to-follow', 'reported'] as const;
export type AlertDecision = (typeof DECISIONS)[number];

export const ALERT_DECISION_LABELS: Readonly<Record<AlertDecision, string>> = {
  normal: 'Rien d’anormal',
  'to-follow': 'À suivre',
  reported: 'Signalement',
};

type ReadDecision = { decision: AlertDecision; reasons: string };

export function readAlertDecision(form: Form): { ok: true; value: ReadDecision } | { ok: false; errors: FieldErrors } {
  const schema = z.object({
    decision: z.enum(DECISIONS, 'Choisissez la décision.'),
    reasons: textBlock(LONGEST_NOTE, 'Écrivez pourquoi.'),
  });
  return readForm(schema, { decision: textOf(form, 'decision'), reasons: textOf(form, 'reasons') });
}
