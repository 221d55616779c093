import type { RawBuilder } from 'kysely';
import type { AppContext } from '#platform/context.ts';

/** Entries written in [from, to): by the time that their ids say, which is that of the leaf. */
export type Window = { from: Date; to: Date };

/**
 * What a rule found. `key` is what makes these facts themselves: the same key never raises twice. `explanation` is made of
 * facts (hours, counts) and names nobody. `entryIds`: all that it rests on, oldest first.
 */
export type Finding = {
  key: readonly string[];
  organisationId: string | null;
  /** A defect of the service or of the journal: shown before the others. */
  urgent: boolean;
  explanation: string;
  entryIds: readonly string[];
};

export type RuleContext = Pick<AppContext, 'db' | 'readerDb' | 'keys' | 'config'>;

/** What aidants and auditors read of a rule. */
export type RuleText = {
  code: string;
  title: string;
  /** What it looks for, with its thresholds; a sentence. */
  looksFor: string;
  why: string;
  /** What an alert of this rule does not say. */
  doesNotMean: string;
};

export type Rule = RuleText & {
  /** Looks at how people work: off until the operator has assessed its impact. */
  needsAssessment: boolean;
  /** `run`: every five minutes. `day`: once a day of Paris is over. */
  pace: 'run' | 'day';
  /** How far before what is new it looks again, in milliseconds: facts that only make sense together. */
  lookBack: number;
  find(ctx: RuleContext, window: Window): Promise<Finding[]>;
  /** The statements that read the index for this window: a test looks at their plans. */
  readings(window: Window): readonly RawBuilder<unknown>[];
};
