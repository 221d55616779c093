import { z } from 'zod';

const sectionSchema = z.strictObject({
  title: z.string(),
  sentences: z.array(z.string()),
  items: z.array(z.strictObject({ label: z.string(), text: z.string() })),
  after: z.array(z.string()),
});

export const consentTextSchema = z.strictObject({
  version: z.string(),
  title: z.string(),
  intro: z.array(z.string()),
  sections: z.array(sectionSchema),
  yes: z.string(),
  no: z.string(),
});

/**
 * Every word that the person reads before answering, in order. The page is drawn from it and the hash in the terms is made
 * of it, so that what is hashed is what is shown.
 */
export type ConsentText = z.infer<typeof consentTextSchema>;
export type ConsentSection = z.infer<typeof sectionSchema>;
