import { Fragment, type ReactElement } from 'react';
import type { AidantAtWork } from '#identity';
import { HttpError, notFound } from '#platform/http/errors.ts';
import { textOf } from '#platform/http/form.ts';
import { html, redirect } from '#platform/http/reply.ts';
import type { Page, PageRequest } from '#platform/http/route.ts';
import { inWords } from '#platform/time/paris.ts';
import { type DocumentControls, DocumentPage } from '#views/mandate/document/document.tsx';
import type { DocumentCopy } from '#views/mandate/document/mandate-v1.tsx';
import { howItEnded } from '../follow/end-words.ts';
import { usagerPath } from '../follow/follow.paths.ts';
import { snapshotName } from '../follow/snapshot-name.ts';
import { stateOf } from '../mandate.rules.ts';
import { documentPath, paperPath, usagerCopyPath } from './document.paths.ts';
import { mandateDocument } from './mandate-document.tsx';
import { type OpenedDocument, openDocument } from './open-document.ts';
import { paperInWords } from './paper.rules.ts';
import { printUsagerCopy } from './print-usager-copy.ts';

type Asked = PageRequest<AidantAtWork>;

/** Added to the address of the person's copy: both copies on one print, the person's first. */
const BOTH = 'deux';

/** The document as the structure keeps it, with what is left to do about its paper. */
export const documentPage: Page<AidantAtWork> = (request) => show(request, 'structure');

/** The person's copy, or both. The stop code is there for a short while after its printing was asked. */
export const usagerCopyPage: Page<AidantAtWork> = (request) => show(request, 'usager');

/** Makes the stop code, then shows what is to be printed. */
export const printCopyPost: Page<AidantAtWork> = async ({ ctx, who, params, form }) => {
  const mandateId = params.id ?? '';
  const printed = await printUsagerCopy(ctx, {
    ...{ aidantId: who.aidantId, organisationId: who.organisation.id, mandateId },
  });
  if (!printed.ok && printed.reason === 'not-found') throw notFound();
  const both = textOf(form, 'exemplaires') === BOTH;
  return redirect(both ? `${usagerCopyPath(mandateId)}?exemplaires=${BOTH}` : usagerCopyPath(mandateId));
};

async function show(request: Asked, copy: DocumentCopy) {
  const { ctx, who, frame, params, query } = request;
  const { aidantId } = who;
  const asked = { aidantId, organisationId: who.organisation.id, mandateId: params.id ?? '', copy };
  const opened = await openDocument(ctx, asked);
  if (!opened) throw notFound();
  if (!opened.sealed) throw new HttpError(500, 'mandat-altere');
  const both = copy === 'usager' && query.exemplaires === BOTH;
  return html(
    <DocumentPage
      frame={frame}
      copy={copy}
      person={snapshotName(opened.mandate.snapshot)}
      controls={controlsOf(request, opened)}
      documents={await documentsOf(opened, both ? ['usager', 'structure'] : [copy])}
    />,
  );
}

function documentsOf({ mandate, stopCode }: OpenedDocument, copies: readonly DocumentCopy[]): Promise<ReactElement[]> {
  return Promise.all(
    copies.map(async (copy) => (
      <Fragment key={copy}>{await mandateDocument(mandate.snapshot, { copy, stopCode })}</Fragment>
    )),
  );
}

function controlsOf({ now }: Asked, { mandate, stopCode }: OpenedDocument): DocumentControls {
  const state = stateOf(mandate, now);
  const over = state === 'expired' || state === 'ended';
  return {
    state,
    over: over
      ? {
          since: inWords(mandate.endedAt ?? mandate.endsAt),
          how: mandate.endedAt ? howItEnded({ ...mandate, endedBy: null }) : 'Sa durée est écoulée.',
        }
      : null,
    stopCode: stopCode ? 'shown' : mandate.stopCodePrintedAt ? 'given' : 'none',
    stopCodeGivenAt: mandate.stopCodePrintedAt && inWords(mandate.stopCodePrintedAt),
    paper: mandate.paper === 'missing' ? null : paperInWords(mandate),
    structureHref: documentPath(mandate.id),
    usagerCopyHref: usagerCopyPath(mandate.id),
    paperHref: paperPath(mandate.id),
    usagerHref: usagerPath(mandate.usagerId),
  };
}
