export const IDENTITIES = '/auditeur/identites';
export const ASK = `${IDENTITIES}/demande`;

/** Where an auditor asks to see who the person of a mandate, or of an entry, is. */
export function askPath(met: { mandateId: string } | { entryId: string }): string {
  return 'mandateId' in met ? `${ASK}?mandat=${met.mandateId}` : `${ASK}?entree=${met.entryId}`;
}

export function unmaskingPath(id: string): string {
  return `${IDENTITIES}/${id}`;
}

export function complaintPath(id: string): string {
  return `${IDENTITIES}/plaintes/${id}`;
}

/** Where an open identity is shown, and each showing journaled. */
export function identityPath({ by, id }: { by: 'unmasking' | 'complaint'; id: string }): string {
  return `${by === 'unmasking' ? unmaskingPath(id) : complaintPath(id)}/personne`;
}
