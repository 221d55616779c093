/** Addresses of the search and of what it leads to. Nothing in them names a person: see `kept_search`. */
export const SEARCH = '/auditeur/recherche';

export function entryPath(entryId: string): string {
  return `/auditeur/entrees/${entryId}`;
}

export function proofPath(entryId: string): string {
  return `${entryPath(entryId)}/preuve`;
}

/** The file of a mandate (src/audit/mandate-file). */
export function mandateFilePath(mandateId: string): string {
  return `/auditeur/mandats/${mandateId}`;
}
