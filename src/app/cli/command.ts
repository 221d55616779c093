import type { Environment } from '#platform/config/variables.ts';

/** Where a command reads and writes: the process itself, or a test. */
export type Io = {
  env: Environment;
  /** Results: what another program may read. */
  out(line: string): void;
  /** Everything said to the person: advice, errors. */
  say(line: string): void;
};

/** A mistake of the person who typed the command: shown as it is, without a stack. `status`: that of the process. */
export class CommandError extends Error {
  readonly status: number;
  constructor(message: string, status = 1) {
    super(message);
    this.name = 'CommandError';
    this.status = status;
  }
}

export type Option = { hint: string; required?: boolean; multiple?: boolean; flag?: boolean };

/** What was typed after the name of a command, checked: nothing unknown, nothing required missing. */
export type Given = {
  text(option: string): string | undefined;
  list(option: string): string[];
  flag(option: string): boolean;
  argument(name: string): string;
};

/** One command of `npm run cli --`. `name` is what is typed: « organisation add ». */
export type Command = {
  name: string;
  summary: string;
  /** Names of what stands after the command, all required: « ADRESSE ». */
  arguments?: readonly string[];
  /** What an argument is, where its name does not say it. */
  hints?: Readonly<Record<string, string>>;
  options?: Readonly<Record<string, Option>>;
  run(given: Given, io: Io): Promise<void>;
};

/** The text of a required option. Safe after the check of `readGiven`. */
export function required(given: Given, option: string): string {
  return given.text(option) ?? '';
}
