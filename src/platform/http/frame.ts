import type { Operator } from '../config/config.ts';
import type { Door } from './browser.ts';

/** In whose name this browser may still be connected, and where that is ended (a POST). */
export type ActingFrame = { name: string; endPath: string };

/** The person at work, as the header of each page names them. */
export type PersonFrame = {
  name: string;
  structure: string;
  /** What part of the country they work on, when they act for no structure. */
  scope?: string;
  /** True when the person belongs to another structure too. */
  canSwitch: boolean;
  acting?: ActingFrame | null;
};

/** How the journal stands, in sentences: on every page of those who control it. `alarms` are what must be seen at once. */
export type JournalFrame = {
  alarms: readonly { title: string; meaning: string }[];
  logs: readonly { name: string; facts: readonly string[] }[];
};

/** What every page of the site needs beside its own content. */
export type Frame = {
  /** By which door the page was asked for; absent on what belongs to none (errors). */
  door?: Door;
  nonce: string;
  csrfToken: string;
  path: string;
  requestId: string;
  operator: Operator;
  person: PersonFrame | null;
  journal?: JournalFrame | null;
  /** A stable code, told once after an act: the layout has its sentence. */
  notice: string | null;
};
