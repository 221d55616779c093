import type { Frame } from '#platform/http/frame.ts';
import { Layout } from './layout.tsx';

/**
 * Leaves a POST towards our own GET that redirects to another site: browsers apply `form-action 'self'` to a whole
 * chain of redirects, so a form cannot leave by itself. Without meta refresh the link is there.
 */
export function Hop({ frame, title, to, text }: { frame: Frame; title: string; to: string; text: string }) {
  return (
    <Layout frame={frame} title={title} head={<meta httpEquiv="refresh" content={`0; url=${to}`} />}>
      <h1>{title}</h1>
      <p>{text}</p>
      <p>
        <a className="fr-btn" href={to}>
          Continuer
        </a>
      </p>
    </Layout>
  );
}
