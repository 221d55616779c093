import { z } from 'zod';

// Markup is escaped where it is shown; what hides or reorders letters (controls, right-to-left marks) is refused on entry.
const INVISIBLE = /[\p{Cc}\p{Cf}\p{Co}\p{Cn}\p{Zl}\p{Zp}]/u;

/** One line of text as a person typed it: spaces tidied, in NFC, nothing invisible. `missing` is the message when empty. */
export function lineOfText(longest: number, missing: string) {
  return z
    .string({ error: missing })
    .transform((text) => text.normalize('NFC').replace(/\s+/g, ' ').trim())
    .pipe(
      z
        .string()
        .min(1, missing)
        .max(longest, `Écrivez ${longest}\u00a0caractères au plus`)
        .refine((text) => text.isWellFormed() && !INVISIBLE.test(text), 'Un caractère de ce texte n’est pas permis'),
    );
}

/** An e-mail address, without the spaces around it, in lower case. */
export function emailAddress(missing: string) {
  return z
    .string({ error: missing })
    .trim()
    .toLowerCase()
    .pipe(z.string().min(1, missing).max(254, 'Une adresse e-mail a 254\u00a0caractères au plus'))
    .pipe(z.email('Cette adresse e-mail n’est pas complète. Exemple\u00a0: prenom.nom@exemple.fr'));
}
