import type { PowerKind } from '#journal';
import { auditorChanged } from '../auditor.events.ts';
import { aidantChanged } from '../identity.events.ts';
import { aidantPowers } from './aidant-powers.ts';
import { auditorPowers } from './auditor-powers.ts';

/** What entries say of accounts, and how what they took away is taken away again after a restore. */
export const identityPowers: readonly PowerKind[] = [
  { kind: aidantChanged, powers: aidantPowers },
  { kind: auditorChanged, powers: auditorPowers },
];
