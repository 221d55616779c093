import type { ReactNode } from 'react';
import type { Frame } from '#platform/http/frame.ts';
import { Document } from './document.tsx';
import { NoticeBand } from './notice-band.tsx';
import { SessionDialog } from './session-dialog.tsx';

/**
 * The screen turned to the usager: very large print and nothing else, neither menu nor footer.
 * The aidant's time runs here too, so it is announced as everywhere.
 * `giveBack` is the link or the form « Rendre l’écran à l’aidant », at the very bottom.
 */
export function UsagerLayout({
  frame,
  title,
  error = false,
  giveBack,
  head,
  children,
}: {
  frame: Frame;
  title: string;
  error?: boolean | undefined;
  giveBack?: ReactNode;
  head?: ReactNode;
  children: ReactNode;
}) {
  return (
    <Document frame={frame} title={title} error={error} head={head} bodyClass="usager-body">
      <main id="contenu" className="usager-screen">
        <NoticeBand code={frame.notice} />
        {children}
      </main>
      {giveBack && <footer className="usager-give-back">{giveBack}</footer>}
      {frame.person && <SessionDialog frame={frame} />}
    </Document>
  );
}
