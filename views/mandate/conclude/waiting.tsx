import type { Frame } from '#platform/http/frame.ts';
import { Layout } from '../../layout/layout.tsx';
import { type DraftHeader, DraftTop } from './draft-header.tsx';

/** The answer of FranceConnect is being checked by another request of this browser: comes back by itself. */
export function Waiting({ frame, draft, href }: { frame: Frame; draft: DraftHeader; href: string }) {
  return (
    <Layout frame={frame} title="Un instant" head={<meta httpEquiv="refresh" content={`2; url=${href}`} />}>
      <DraftTop draft={draft} />
      <h1>Un instant</h1>
      <p>Nous vérifions la réponse de FranceConnect. La page suivante s’affiche dans quelques secondes.</p>
      <p>
        <a className="fr-btn" href={href}>
          Continuer
        </a>
      </p>
    </Layout>
  );
}
