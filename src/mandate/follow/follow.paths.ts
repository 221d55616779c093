/** Addresses of the pages that follow mandates; `:id` and `:theme` in the route table. */
export const MANDATES = '/mandats';
export const MISSING_PAPERS = '/mandats/papiers';

export function usagerPath(usagerId: string): string {
  return `/usagers/${usagerId}`;
}

export function ownEmailPath(usagerId: string): string {
  return `${usagerPath(usagerId)}/adresse`;
}

/** The form that ends a mandate, or one of its themes. */
export function endPath(mandateId: string, theme?: string): string {
  return theme ? `/mandats/${mandateId}/themes/${theme}/fin` : `/mandats/${mandateId}/fin`;
}

/** What is printed and handed over once a mandate, or one of its themes, has ended. */
export function receiptPath(mandateId: string, theme?: string): string {
  return theme ? `/mandats/${mandateId}/themes/${theme}/revocation` : `/mandats/${mandateId}/revocation`;
}
