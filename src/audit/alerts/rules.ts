import type { Rule } from './rule.ts';
import { a1 } from './rules/a1-networks.ts';
import { e1 } from './rules/e1-after-end.ts';
import { e3 } from './rules/e3-outside-scope.ts';
import { h1 } from './rules/h1-hours.ts';
import { h2 } from './rules/h2-burst.ts';
import { i1 } from './rules/i1-integrity.ts';
import { p1 } from './rules/p1-no-evidence.ts';
import { u1 } from './rules/u1-many-aidants.ts';
import { u3 } from './rules/u3-same-name.ts';
import { v1 } from './rules/v1-volume.ts';
import { v3 } from './rules/v3-dormancy.ts';

/** Every rule that the program knows, in the order in which they are listed; `alert_rule` has one row for each. */
export const RULES: readonly Rule[] = [i1, e1, e3, p1, h2, h1, v1, v3, u1, u3, a1];

export function ruleOf(code: string): Rule | undefined {
  return RULES.find((rule) => rule.code === code);
}
