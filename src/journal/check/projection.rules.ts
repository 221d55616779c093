import { themesIn } from '../event.ts';
import type { LeafMembers } from '../leaf.ts';
import { LOG_IDS } from '../record.ts';
import type { IndexRow } from './entry.queries.ts';

/** What the index repeats of a leaf. */
export type Projected = Pick<
  IndexRow,
  'id' | 'logId' | 'kind' | 'result' | 'theme' | 'themes' | 'aidantId' | 'organisationId' | 'mandateAlias' | 'mn'
>;

/**
 * The columns in which the index says something else than the leaf it is about; when it was stored is another matter. The leaf
 * is whatever was read: a stranger may have written it.
 */
export function projectionFaults(row: Projected, leaf: Readonly<Record<string, unknown>>): string[] {
  const { id, type, log, r, theme, aid, org, m, mn, clear } = leaf as Partial<LeafMembers>;
  const pairs: readonly (readonly [name: string, indexed: unknown, said: unknown])[] = [
    ['id', row.id, id],
    ['kind', row.kind, type],
    ['log', row.logId, log && LOG_IDS[log]],
    ['result', row.result, r],
    ['theme', row.theme, theme ?? null],
    ['themes', row.themes?.join(' '), themesIn(clear ?? {})?.join(' ')],
    ['aidant', row.aidantId, aid ?? null],
    // where the leaf names no structure, the index may say whose mandate it is
    ['organisation', org === undefined ? null : row.organisationId, org ?? null],
    ['alias', row.mandateAlias, m ?? null],
    ['mn', row.mn, mn ?? null],
  ];
  return pairs.filter(([, indexed, said]) => indexed !== said).map(([name]) => name);
}
