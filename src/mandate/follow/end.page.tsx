import { type AidantAtWork, leaveNotice } from '#identity';
import { themeOf } from '#organisation';
import { notFound } from '#platform/http/errors.ts';
import { type FieldErrors, type Form, textOf } from '#platform/http/form.ts';
import { html, redirect, refusedForm } from '#platform/http/reply.ts';
import type { Page, PageRequest } from '#platform/http/route.ts';
import { inWords, parisDay } from '#platform/time/paris.ts';
import { AlreadyEnded } from '#views/mandate/follow/already-ended.tsx';
import { EndPage, type EndValues } from '#views/mandate/follow/end.tsx';
import { recordMandateRead } from '../document/record-mandate-read.ts';
import { stateOf } from '../mandate.rules.ts';
import { findMandateState, type MandateState } from './end.queries.ts';
import { type KnownAtFault, readEndForm } from './end.rules.ts';
import { endMandate } from './end-mandate.ts';
import { howItEnded } from './end-words.ts';
import { endPath, receiptPath, usagerPath } from './follow.paths.ts';
import { snapshotName } from './snapshot-name.ts';
import { inCatalogueOrder } from './theme-titles.ts';

type Asked = PageRequest<AidantAtWork>;
type Ending = { mandate: MandateState; theme: string | undefined };

/** The form that ends a mandate, or one theme of it; or, when nothing is left to end, since when and by whom. */
export const endPage: Page<AidantAtWork> = async (request) => {
  const { ctx, who } = request;
  const ending = await endingOf(request);
  const reader = { aidantId: who.aidantId, organisationId: who.organisation.id };
  await recordMandateRead(ctx, { ...reader, mandate: ending.mandate, shown: 'end' });
  const over = alreadyEnded(request, ending);
  if (over) return html(over);
  return html(endView(request, ending, { values: valuesOf(request.filled) }));
};

export const endPost: Page<AidantAtWork> = async (request) => {
  const { ctx, who, form } = request;
  const ending = await endingOf(request);
  const { mandate, theme } = ending;
  const again = (errors: FieldErrors) => refusedForm(endView(request, ending, { values: valuesOf(form), errors }));
  const read = readEndForm(form, { theme: theme !== undefined });
  if (!read.ok) return alreadyEnded(request, ending) ? redirect(endPath(mandate.id, theme)) : again(read.errors);
  const organisationId = who.organisation.id;
  const ended = await endMandate(ctx, {
    ...{ aidantId: who.aidantId, organisationId, mandateId: mandate.id, theme },
    end: read.value,
  });
  if (!ended.ok) {
    if (ended.reason === 'not-found') throw notFound();
    if (ended.reason === 'already-ended') return redirect(endPath(mandate.id, theme));
    return again({ knownDay: KNOWN_AT_MESSAGES[ended.reason](mandate) });
  }
  await leaveNotice(ctx.db, who.sessionIdHash, ended.mandateEnded ? 'mandat-termine' : 'theme-termine');
  return redirect(receiptPath(mandate.id, ended.mandateEnded ? undefined : theme));
};

const KNOWN_AT_MESSAGES: Record<KnownAtFault, (mandate: MandateState) => string> = {
  'known-later': () => 'Ce moment n’est pas encore arrivé',
  'known-before-start': ({ startsAt }) => `Le mandat n’a commencé que le ${inWords(startsAt)}`,
};

/** The mandate named in the address, of the current structure, and its theme when there is one. */
async function endingOf({ ctx, who, params }: Asked): Promise<Ending> {
  const wanted = { mandateId: params.id ?? '', organisationId: who.organisation.id };
  const mandate = await findMandateState(ctx.db, wanted);
  if (!mandate) throw notFound();
  const { theme } = params;
  if (theme !== undefined && !mandate.authorisations.some((one) => one.theme === theme)) throw notFound();
  return { mandate, theme };
}

function alreadyEnded({ frame, now }: Asked, { mandate, theme }: Ending) {
  const state = stateOf(mandate, now);
  const authorisation = mandate.authorisations.find((one) => one.theme === theme);
  const mandateOver = state === 'expired' || state === 'ended';
  const over = authorisation?.endedAt ? authorisation : mandateOver ? mandate : undefined;
  if (!over) return undefined;
  const receipt = over.endCause && over.endCause !== 'expired' && over.endCause !== 'replaced';
  return (
    <AlreadyEnded
      frame={frame}
      what={authorisation && !mandateOver ? titleOf(authorisation.theme) : null}
      person={snapshotName(mandate.snapshot)}
      endedAt={inWords(over.endedAt ?? over.endsAt)}
      how={over.endedAt ? howItEnded(over === mandate ? mandate : over) : 'Sa durée est écoulée.'}
      receiptHref={receipt ? receiptPath(mandate.id, mandateOver ? undefined : theme) : null}
      usagerHref={usagerPath(mandate.usagerId)}
    />
  );
}

function endView(
  { frame, now }: Asked,
  { mandate, theme }: Ending,
  { values, errors }: { values: EndValues; errors?: FieldErrors },
) {
  const open = inCatalogueOrder(mandate.authorisations.filter(({ endedAt }) => endedAt === null));
  return (
    <EndPage
      frame={frame}
      action={endPath(mandate.id, theme)}
      person={snapshotName(mandate.snapshot)}
      theme={theme ? titleOf(theme) : null}
      lastTheme={theme !== undefined && open.length === 1}
      themes={open.map((one) => titleOf(one.theme))}
      startedAt={inWords(mandate.startsAt)}
      endsAt={inWords(mandate.endsAt)}
      usagerHref={usagerPath(mandate.usagerId)}
      today={parisDay(now)}
      values={values}
      errors={errors}
    />
  );
}

/** The earlier moment starts empty: a moment filled in for the aidant could be sent without having been read. */
function valuesOf(form: Form | null): EndValues {
  return {
    cause: textOf(form, 'cause'),
    known: textOf(form, 'known') || 'now',
    knownDay: textOf(form, 'knownDay'),
    knownHour: textOf(form, 'knownHour'),
  };
}

function titleOf(theme: string): string {
  return themeOf(theme)?.title ?? theme;
}
