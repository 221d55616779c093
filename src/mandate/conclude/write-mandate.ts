import {
  CONSENT_CHANNEL,
  evidenceHashes,
  evidencePlace,
  openEvidence,
  readTerms,
  sealEvidence,
  sealSnapshot,
  writeSnapshot,
} from '#consent';
import { type JournalEvent, record } from '#journal';
import type { AppContext } from '#platform/context.ts';
import { sha256 } from '#platform/crypto/hashes.ts';
import type { Trx } from '#platform/db/database.ts';
import { randomCrockford, uuidv7 } from '#platform/ids/ids.ts';
import { enqueue } from '#platform/jobs/jobs.ts';
import type { Usager } from '#usager';
import { endOf, isDuration } from '../mandate.rules.ts';
import { mandateConcluded } from './conclude.events.ts';
import { CONCLUDED_MAIL } from './concluded-mail.jobs.ts';
import { type Draft, NO_IDENTIFICATION, updateDraft } from './draft.queries.ts';
import { replaceAuthorisations } from './replace-authorisations.ts';
import type { Replaced } from './replaced.queries.ts';
import { draftPlace } from './sealed-draft.ts';
import type { Professional } from './shown-text.ts';
import { type Conclusion, snapshotOf, warningsOf } from './snapshot-of-mandate.ts';

export type Accepted = {
  draft: Draft;
  aidant: Professional & { aidantId: string };
  usager: Usager;
  replaced: readonly Replaced[];
  /** The person's mandates here that are in force, locked. */
  open: readonly { id: string; journalAlias: string }[];
  now: Date;
};

/** Writes a mandate that is accepted, in the transaction that has decided so. Returns its id. */
export async function writeMandate(ctx: AppContext, trx: Trx, accepted: Accepted): Promise<string> {
  const conclusion = conclusionOf(accepted);
  const { draft, aidant, usager, replaced, open, now } = accepted;
  const { organisationId, journalAlias } = draft;
  const told = await replaceAuthorisations(trx, replaced, open, {
    ...{ usagerId: usager.id, aidantId: aidant.aidantId, organisationId, by: journalAlias, now },
  });
  const snapshot = writeSnapshot(snapshotOf(ctx, conclusion));
  await insertMandate(ctx, trx, conclusion, snapshot);
  await insertAuthorisations(trx, conclusion);
  const hashes = await moveEvidence(ctx, trx, conclusion);
  await updateDraft(trx, draft.id, {
    ...NO_IDENTIFICATION,
    attemptSealed: null,
    idTokenHintSealed: null,
    usagerId: usager.id,
    mandateId: conclusion.mandateId,
    closedAt: now,
    closedCause: 'concluded',
    wipedAt: now,
    updatedAt: now,
  });
  await record(
    ctx,
    trx,
    ...told,
    concludedEvent(conclusion, { ...hashes, snapshot: sha256(snapshot).toString('hex') }),
  );
  if (usager.email) await enqueue(trx, CONCLUDED_MAIL, { mandateId: conclusion.mandateId });
  return conclusion.mandateId;
}

function conclusionOf({ draft, aidant, usager, replaced, now }: Accepted): Conclusion {
  const { duration } = draft;
  if (!duration || !isDuration(duration)) throw new Error(`draft ${draft.id} has no duration`);
  return {
    mandateId: uuidv7(now),
    number: randomCrockford(16),
    ...{ draft, aidant, usager, replaced, duration },
    startsAt: now,
    endsAt: endOf(duration, now),
  };
}

async function insertMandate(ctx: AppContext, trx: Trx, conclusion: Conclusion, snapshot: string): Promise<void> {
  const { mandateId, number, draft, aidant, usager, duration, startsAt, endsAt } = conclusion;
  await trx
    .insertInto('mandate')
    .values({
      ...{ id: mandateId, number, duration, startsAt, endsAt, snapshot },
      organisationId: draft.organisationId,
      usagerId: usager.id,
      aidantId: aidant.aidantId,
      draftId: draft.id,
      consentLevel: CONSENT_CHANNEL,
      snapshotJws: await sealSnapshot(ctx, snapshot),
      journalAlias: draft.journalAlias,
      entryCount: 1,
      createdAt: startsAt,
    })
    .execute();
}

async function insertAuthorisations(
  trx: Trx,
  { mandateId, draft, usager, startsAt, endsAt }: Conclusion,
): Promise<void> {
  const rows = draft.themes.map((theme) => ({
    ...{ id: uuidv7(startsAt), mandateId, theme, endsAt },
    organisationId: draft.organisationId,
    usagerId: usager.id,
  }));
  await trx.insertInto('authorisation').values(rows).execute();
}

async function moveEvidence(ctx: AppContext, trx: Trx, { mandateId, draft, startsAt }: Conclusion) {
  if (!draft.evidenceSealed) throw new Error(`draft ${draft.id} has no evidence`);
  const evidence = openEvidence(ctx, draftPlace(draft.id, 'evidence_sealed'), draft.evidenceSealed);
  const sealed = sealEvidence(ctx, evidencePlace(mandateId), evidence);
  await trx.insertInto('consentEvidence').values({ mandateId, sealed, createdAt: startsAt }).execute();
  return evidenceHashes(evidence);
}

function concludedEvent(
  conclusion: Conclusion,
  hashes: ReturnType<typeof evidenceHashes> & { snapshot: string },
): JournalEvent {
  const { mandateId, number, draft, aidant, usager, duration, startsAt, endsAt } = conclusion;
  const { organisationId, journalAlias, themes, terms } = draft;
  return mandateConcluded.event({
    actor: { aidantId: aidant.aidantId, organisationId },
    about: { usagerId: usager.id, mandateId },
    mandate: { alias: journalAlias, mn: 1 },
    subject: { kind: 'usager', id: usager.id },
    result: 'ok',
    clear: {
      themes: [...themes].sort(),
      duration,
      startsAt: startsAt.toISOString(),
      endsAt: endsAt.toISOString(),
      consentLevel: CONSENT_CHANNEL,
      textVersion: readTerms(terms ?? '').text.version,
      warnings: warningsOf(conclusion),
    },
    committed: { number, ...hashes },
  });
}
