/** Addresses of the document, its paper, and the public checks; `:id` and `:number` in the route table. */
export const VERIFY = '/verifier';
export const STOP = '/revoquer';
export const CONFIRM_STOP = '/revoquer/confirmer';

export function documentPath(mandateId: string): string {
  return `/mandats/${mandateId}/document`;
}

/** The copies to hand over, with the stop code on the person's. */
export function usagerCopyPath(mandateId: string): string {
  return `${documentPath(mandateId)}/usager`;
}

export function paperPath(mandateId: string): string {
  return `/mandats/${mandateId}/papier`;
}

export function verifyPath(number: string): string {
  return `${VERIFY}/${number}`;
}

export function stoppedPath(number: string): string {
  return `${STOP}/fait/${number}`;
}

/** What the QR of a mandate says, and where mails lead. */
export function verifyUrl(publicUrl: string, number: string): string {
  return `${publicUrl}${verifyPath(number)}`;
}
