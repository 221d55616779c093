export const CASES = '/auditeur/dossiers';
/** Where entries, a mandate or a complaint are put in a case, new or not. */
export const GATHER = `${CASES}/ajouter`;

export function casePath(id: string): string {
  return `${CASES}/${id}`;
}

export const notePath = (id: string) => `${casePath(id)}/note`;
export const sharePath = (id: string) => `${casePath(id)}/partage`;
export const decisionPath = (id: string) => `${casePath(id)}/decision`;
export const answerPath = (id: string) => `${casePath(id)}/reponse`;
export const caseExportPath = (id: string) => `${casePath(id)}/export`;

/** What is to be put in a case. `entries`: ids, at most MOST_ADDED. */
export type Gathered = { complaint?: string; mandate?: string; sample?: string; entries?: readonly string[] };

/** The address that other pages lead to. */
export function gatherPath({ complaint, mandate, sample, entries = [] }: Gathered): string {
  if (complaint) return `${GATHER}?plainte=${complaint}`;
  if (mandate) return `${GATHER}?mandat=${mandate}`;
  return sample ? `${GATHER}?tirage=${sample}` : `${GATHER}?entrees=${entries.join(',')}`;
}
