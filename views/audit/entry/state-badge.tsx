import { Badge } from '@codegouvfr/react-dsfr/Badge';

/**
 * Where an entry stands: `erased`, its leaf is gone, by law; `missing`, it is gone and nothing says why; `false`, it is not what
 * was signed, or not what is in the tree.
 */
export type StateName = 'pending' | 'sealed' | 'cosigned' | 'quarantined' | 'erased' | 'missing' | 'false';

export const STATES: Readonly<
  Record<StateName, { label: string; severity: 'info' | 'success' | 'warning' | 'error' }>
> = {
  pending: { label: 'En attente', severity: 'warning' },
  sealed: { label: 'Scellée', severity: 'info' },
  cosigned: { label: 'Cosignée', severity: 'success' },
  quarantined: { label: 'Mise à l’écart', severity: 'error' },
  erased: { label: 'Effacée', severity: 'info' },
  missing: { label: 'Disparue', severity: 'error' },
  false: { label: 'Fausse', severity: 'error' },
};

export function StateBadge({ state }: { state: StateName }) {
  const { label, severity } = STATES[state];
  return (
    <Badge severity={severity} small noIcon as="span">
      {label}
    </Badge>
  );
}
