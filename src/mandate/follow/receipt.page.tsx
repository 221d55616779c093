import { readSnapshot, type Snapshot } from '#consent';
import type { AidantAtWork } from '#identity';
import { themeOf } from '#organisation';
import { notFound } from '#platform/http/errors.ts';
import { html, redirect } from '#platform/http/reply.ts';
import type { Page } from '#platform/http/route.ts';
import { birthdateInWords, inWords } from '#platform/time/paris.ts';
import { ReceiptPage } from '#views/mandate/follow/receipt.tsx';
import { recordMandateRead } from '../document/record-mandate-read.ts';
import type { EndCause } from '../mandate.rules.ts';
import { findMandateState, type MandateState } from './end.queries.ts';
import { endPath, receiptPath, usagerPath } from './follow.paths.ts';
import { nameInSnapshot } from './snapshot-name.ts';

/**
 * What is printed once a mandate, or one theme of it, has ended: to sign when the person asked, to keep otherwise. None
 * while it goes on (back to the form), nor for a term or a replacement, which need no paper, nor for a damaged mandate, whose
 * end needs no paper to count.
 */
export const receiptPage: Page<AidantAtWork> = async ({ ctx, who, frame, params }) => {
  const organisationId = who.organisation.id;
  const mandate = await findMandateState(ctx.db, { mandateId: params.id ?? '', organisationId });
  if (!mandate) throw notFound();
  const end = endOf(mandate, params.theme);
  if (end === 'unknown') throw notFound();
  if (end === 'open') return redirect(endPath(mandate.id, params.theme));
  if (end === 'with-its-mandate') return redirect(receiptPath(mandate.id));
  const snapshot = readable(mandate.snapshot);
  if (!snapshot) return redirect(usagerPath(mandate.usagerId));
  await recordMandateRead(ctx, { aidantId: who.aidantId, organisationId, mandate, shown: 'receipt' });
  const { organisation, usager } = snapshot;
  return html(
    <ReceiptPage
      frame={frame}
      usagerHref={usagerPath(mandate.usagerId)}
      cause={end.cause}
      byCode={mandate.endChannel === 'stop-code' && !params.theme}
      theme={params.theme ? (themeOf(params.theme)?.title ?? params.theme) : null}
      person={{ name: nameInSnapshot(snapshot), gender: usager.gender, birthdate: birthdateInWords(usager.birthdate) }}
      structure={{ name: organisation.name, city: organisation.city, address: addressOf(organisation) }}
      number={mandate.number}
      startedAt={inWords(mandate.startsAt)}
      endedAt={inWords(end.at)}
      knownAt={end.knownAt && end.knownAt < end.at ? inWords(end.knownAt) : null}
      endedBy={end.by}
    />,
  );
};

function readable(written: string): Snapshot | undefined {
  try {
    return readSnapshot(written);
  } catch {
    return undefined;
  }
}

type End = { cause: 'asked' | 'renounced' | 'learnt' | 'other'; at: Date; knownAt: Date | null; by: string | null };

function endOf(mandate: MandateState, theme: string | undefined): End | 'unknown' | 'open' | 'with-its-mandate' {
  if (theme === undefined) {
    const { endedAt, endCause, endKnownAt, endedBy } = mandate;
    if (!endedAt) return 'open';
    return withPaper(endCause, { at: endedAt, knownAt: endKnownAt, by: endedBy });
  }
  const one = mandate.authorisations.find((authorisation) => authorisation.theme === theme);
  if (!one) return 'unknown';
  if (!one.endedAt) return 'open';
  if (one.endedAt.getTime() === mandate.endedAt?.getTime()) return 'with-its-mandate';
  return withPaper(one.endCause, { at: one.endedAt, knownAt: null, by: one.endedBy });
}

function withPaper(cause: EndCause | null, facts: Omit<End, 'cause'>): End | 'unknown' {
  if (cause === null || cause === 'expired' || cause === 'replaced') return 'unknown';
  return { cause: WORDED[cause], ...facts };
}

const WORDED: Record<Exclude<EndCause, 'expired' | 'replaced'>, End['cause']> = {
  'revoked-by-usager': 'asked',
  'renounced-by-organisation': 'renounced',
  'organisation-stopped': 'renounced',
  deceased: 'learnt',
  protected: 'learnt',
};

function addressOf({ address, zipCode, city }: { address: string; zipCode: string; city: string }): string {
  return `${address}, ${zipCode} ${city}`;
}
