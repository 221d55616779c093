import { z } from 'zod';

const months = z.coerce.number().int().min(1).max(600);

/** The variables that say how long things are kept, in calendar months. */
export const retentionSchema = {
  RETENTION_MANDATE_MONTHS: months.default(36),
  RETENTION_ARCHIVE_MONTHS: months.default(36),
  RETENTION_ACCESS_MONTHS: months.default(12),
  RETENTION_FEDERATION_MONTHS: months.default(36),
};

/**
 * For how many months things are kept: a mandate in everyday pages after its end, then archived before it is erased; the
 * journal of accesses; FranceConnect's tokens and the connections.
 */
export type Retention = { mandate: number; archive: number; access: number; federation: number };

/** The variables `RETENTION_…`, checked. */
export function retentionOf(value: Record<keyof typeof retentionSchema, number>): Retention {
  return {
    mandate: value.RETENTION_MANDATE_MONTHS,
    archive: value.RETENTION_ARCHIVE_MONTHS,
    access: value.RETENTION_ACCESS_MONTHS,
    federation: value.RETENTION_FEDERATION_MONTHS,
  };
}
