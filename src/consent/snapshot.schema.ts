import { z } from 'zod';
import { consentTextSchema } from './consent-text.schema.ts';

const instant = z.iso.datetime({ precision: 3 });

const organisationSchema = z.strictObject({
  id: z.string(),
  name: z.string(),
  siret: z.string(),
  address: z.string(),
  zipCode: z.string(),
  city: z.string(),
  phone: z.string(),
  email: z.string(),
});

const usagerSchema = z.strictObject({
  givenName: z.string(),
  familyName: z.string(),
  /** The usage name, when FranceConnect gives one. */
  preferredUsername: z.string().optional(),
  gender: z.string(),
  birthdate: z.string(),
  birthplace: z.string(),
  birthcountry: z.string(),
});

const themeSchema = z.strictObject({
  key: z.string(),
  title: z.string(),
  description: z.string(),
  serviceExamples: z.array(z.string()),
});

/**
 * `no-email`: FranceConnect will not connect in the person's name until they have an address of their own.
 * `over-indebtedness`: the declaration must be signed by the person. `session-left-open`: FranceConnect's session could not
 * be closed on the aidant's computer.
 */
export const snapshotWarnings = ['no-email', 'over-indebtedness', 'session-left-open'] as const;

/** `franceconnect` connections are written in the journal; what goes by the other channels is not known to us. */
export const mandateChannels = ['franceconnect', 'other-sites', 'telephone', 'email', 'mail'] as const;

export const snapshotSchema = z.strictObject({
  v: z.literal(1),
  number: z.string(),
  consentLevel: z.string(),
  organisation: organisationSchema,
  usager: usagerSchema,
  /** The professional who accepted for the organisation. */
  aidant: z.strictObject({ id: z.string(), firstName: z.string(), lastName: z.string() }),
  /** In the order of the catalogue, with the words of that day. */
  themes: z.array(themeSchema).min(1),
  duration: z.string(),
  durationWords: z.string(),
  startsAt: instant,
  endsAt: instant,
  channels: z.array(z.enum(mandateChannels)),
  /** Every text the person read, and the terms (canonical JSON) whose salted hash FranceConnect signed. */
  text: consentTextSchema,
  terms: z.string(),
  /** What the aidant declared when accepting, word for word. */
  declarations: z.array(z.string()),
  warnings: z.array(z.enum(snapshotWarnings)),
  /** What this mandate replaced at once: the earlier mandate, the theme, and when it would have ended. */
  replaced: z.array(z.strictObject({ number: z.string(), theme: z.string(), endsAt: instant })),
  operator: z.strictObject({ name: z.string(), email: z.string(), phone: z.string() }),
  /** Where the paper sends people: authenticity and status, and the end by code. */
  addresses: z.strictObject({ verify: z.string(), stop: z.string() }),
  journalAlias: z.string(),
});

/** A mandate as it was concluded, for ever: what the document, its check and the proofs are made of. */
export type Snapshot = z.infer<typeof snapshotSchema>;
export type SnapshotWarning = (typeof snapshotWarnings)[number];
