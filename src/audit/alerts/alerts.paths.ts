export const ALERTS = '/auditeur/alertes';
export const RULES_PAGE = `${ALERTS}/regles`;

export function alertPath(id: string): string {
  return `${ALERTS}/${id}`;
}
