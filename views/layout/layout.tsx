import { SkipLinks } from '@codegouvfr/react-dsfr/SkipLinks';
import type { ReactNode } from 'react';
import type { Frame } from '#platform/http/frame.ts';
import { JournalStatus } from '../audit/status/status.tsx';
import { ActingBanner } from './acting-banner.tsx';
import { Document } from './document.tsx';
import { Footer } from './footer.tsx';
import { Header } from './header.tsx';
import { NoticeBand } from './notice-band.tsx';
import { SessionDialog } from './session-dialog.tsx';

/**
 * The frame of a page: header, navigation, notice, main, footer. The page writes its own `<h1>`.
 * `wide` for lists and tables; otherwise the text keeps to one readable column. `error` when the form has errors.
 * `above` stands over the column, at full width.
 */
export function Layout({
  frame,
  title,
  wide = false,
  error = false,
  above,
  head,
  children,
}: {
  frame: Frame;
  title: string;
  wide?: boolean | undefined;
  error?: boolean | undefined;
  above?: ReactNode;
  head?: ReactNode;
  children: ReactNode;
}) {
  return (
    <Document frame={frame} title={title} error={error} head={head}>
      <SkipLinks
        links={[
          { anchor: '#contenu', label: 'Contenu' },
          { anchor: '#menu', label: 'Menu' },
          { anchor: '#pied', label: 'Pied de page' },
        ]}
      />
      <Header frame={frame} />
      <ActingBanner frame={frame} />
      <JournalStatus frame={frame} />
      <main id="contenu" className="site-main" tabIndex={-1}>
        {above}
        <div className="frame">
          <NoticeBand code={frame.notice} />
          <div className={wide ? undefined : 'site-main__column'}>{children}</div>
        </div>
      </main>
      <Footer frame={frame} />
      {frame.person && <SessionDialog frame={frame} />}
    </Document>
  );
}
