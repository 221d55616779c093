import type { Command } from './command.ts';

export const complaintCommands: readonly Command[] = [];
