import { type AidantAtWork, leaveNotice } from '#identity';
import { notFound } from '#platform/http/errors.ts';
import { type FieldErrors, type Form, textOf } from '#platform/http/form.ts';
import { html, redirect, refusedForm } from '#platform/http/reply.ts';
import type { Page, PageRequest } from '#platform/http/route.ts';
import { inWords } from '#platform/time/paris.ts';
import { MissingPapersPage } from '#views/mandate/document/missing-papers.tsx';
import { PaperPage } from '#views/mandate/document/paper.tsx';
import { MANDATES, MISSING_PAPERS, usagerPath } from '../follow/follow.paths.ts';
import { snapshotName } from '../follow/snapshot-name.ts';
import { stateOf } from '../mandate.rules.ts';
import { NO_PAPER_REASONS, NO_PAPER_WORDS } from './document.events.ts';
import { documentPath, paperPath } from './document.paths.ts';
import { type DocumentRow, findDocument } from './document.queries.ts';
import { countMissingPapers, findMissingPapers } from './paper.queries.ts';
import { paperInWords, readPaperForm } from './paper.rules.ts';
import { recordMandateRead } from './record-mandate-read.ts';
import { recordPaper } from './record-paper.ts';

type Asked = PageRequest<AidantAtWork>;

export const paperPage: Page<AidantAtWork> = async (request) => {
  const { ctx, who } = request;
  const mandate = await mandateOf(request);
  const reader = { aidantId: who.aidantId, organisationId: who.organisation.id };
  await recordMandateRead(ctx, { ...reader, mandate, shown: 'paper' });
  return html(paperView(request, mandate, request.filled));
};

export const paperPost: Page<AidantAtWork> = async (request) => {
  const { ctx, who, form } = request;
  const mandate = await mandateOf(request);
  const read = readPaperForm(form);
  if (!read.ok && mandate.paper === 'missing') return refusedForm(paperView(request, mandate, form, read.errors));
  if (!read.ok) return redirect(paperPath(mandate.id));
  const { aidantId } = who;
  const recorded = await recordPaper(ctx, {
    ...{ aidantId, organisationId: who.organisation.id, mandateId: mandate.id, answer: read.value },
  });
  if (!recorded.ok) return redirect(paperPath(mandate.id));
  const notice = read.value.paper === 'signed' ? 'papier-enregistre' : 'papier-absent';
  await leaveNotice(ctx.db, who.sessionIdHash, notice);
  return redirect(usagerPath(mandate.usagerId));
};

async function mandateOf({ ctx, who, params }: Asked): Promise<DocumentRow> {
  const wanted = { mandateId: params.id ?? '', organisationId: who.organisation.id };
  const mandate = await findDocument(ctx.db, wanted);
  if (!mandate) throw notFound();
  return mandate;
}

function paperView({ frame }: Asked, mandate: DocumentRow, form: Form | null, errors?: FieldErrors) {
  return (
    <PaperPage
      frame={frame}
      action={paperPath(mandate.id)}
      person={snapshotName(mandate.snapshot)}
      startedAt={inWords(mandate.startsAt)}
      recorded={mandate.paper === 'missing' ? null : paperInWords(mandate)}
      documentHref={documentPath(mandate.id)}
      usagerHref={usagerPath(mandate.usagerId)}
      reasons={NO_PAPER_REASONS.map((value) => ({ value, label: capital(NO_PAPER_WORDS[value]) }))}
      values={{ paper: textOf(form, 'paper'), reason: textOf(form, 'reason'), note: textOf(form, 'note') }}
      errors={errors}
    />
  );
}

function capital(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}`;
}

/** The mandates of the structure whose paper is still missing, newest first, with the names that are on each paper. */
export const missingPapersPage: Page<AidantAtWork> = async ({ ctx, who, frame, query, now }) => {
  const organisationId = who.organisation.id;
  const count = await countMissingPapers(ctx.db, organisationId);
  const { papers, more } = await findMissingPapers(ctx.db, { organisationId, afterId: query.apres });
  const last = papers.at(-1);
  return html(
    <MissingPapersPage
      frame={frame}
      count={count}
      listHref={MANDATES}
      papers={papers.map((mandate) => ({
        id: mandate.mandateId,
        person: snapshotName(mandate.snapshot),
        usagerHref: usagerPath(mandate.usagerId),
        startedAt: inWords(mandate.startsAt),
        over: stateOf({ ...mandate, endCause: 'expired', suspendedAt: null }, now) === 'expired',
        paperHref: paperPath(mandate.mandateId),
        documentHref: documentPath(mandate.mandateId),
      }))}
      nextHref={more && last ? `${MISSING_PAPERS}?apres=${last.mandateId}` : null}
      firstHref={query.apres ? MISSING_PAPERS : null}
    />,
  );
};
