/** The secret part of `PRIVATE+KEY+name+id+secret`, whose base64 may have a « + » of its own; another text is secret as a whole. */
export function secretOf(key: string): string {
  return key.startsWith('PRIVATE+KEY+') ? key.split('+').slice(4).join('+') : key;
}
