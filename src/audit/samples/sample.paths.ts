export const SAMPLES = '/auditeur/tirages';

export function samplePath(id: string): string {
  return `${SAMPLES}/${id}`;
}

export const TRY_SAMPLE = `${SAMPLES}/essai`;
