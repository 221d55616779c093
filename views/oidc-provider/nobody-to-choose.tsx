import type { Frame } from '#platform/http/frame.ts';
import { Layout } from '../layout/layout.tsx';
import { Notice } from '../layout/parts.tsx';
import { CancelForm, RequestHead, type RequestView } from './request-frame.tsx';

/** Nobody can be chosen: the structure has no mandate that this site would accept, or none at all. */
export function NobodyToChoose({
  frame,
  request,
  structure,
  newMandateHref,
}: {
  frame: Frame;
  request: RequestView;
  structure: string;
  newMandateHref: string | null;
}) {
  return (
    <Layout frame={frame} title="Aucun mandat utilisable">
      <h1>Vous ne pouvez agir pour personne sur ce site</h1>
      <RequestHead frame={frame} request={request} />
      <Notice severity="warning">
        {request.perimeter ? (
          <p>
            Aucun mandat en vigueur de {structure} ne porte sur ces thèmes. La connexion est refusée. Ce refus est écrit
            dans le journal.
          </p>
        ) : (
          <p>{structure} n’a aucun mandat en vigueur.</p>
        )}
      </Notice>
      {newMandateHref && (
        <p>
          Si une personne vous le demande, vous pouvez <a href={newMandateHref}>préparer un mandat</a> avec elle, puis
          recommencer depuis le site.
        </p>
      )}
      <CancelForm frame={frame} request={request} />
    </Layout>
  );
}
