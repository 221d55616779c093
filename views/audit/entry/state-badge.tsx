import { Badge } from '@codegouvfr/react-dsfr/Badge';

/** Where an entry stands: `erased`, its leaf is gone, by law; `missing`, it is gone and nothing says why. */
export type StateName = 'pending' | 'sealed' | 'cosigned' | 'quarantined' | 'erased' | 'missing';

export const STATES: Readonly<
  Record<StateName, { label: string; severity: 'info' | 'success' | 'warning' | 'error' }>
> = {
  pending: { label: 'En attente', severity: 'warning' },
  sealed: { label: 'Scellé', severity: 'info' },
  cosigned: { label: 'Cosigné', severity: 'success' },
  quarantined: { label: 'Mis à l’écart', severity: 'error' },
  erased: { label: 'Effacé', severity: 'info' },
  missing: { label: 'Disparu', severity: 'error' },
};

export function StateBadge({ state }: { state: StateName }) {
  const { label, severity } = STATES[state];
  return (
    <Badge severity={severity} small noIcon as="span">
      {label}
    </Badge>
  );
}
