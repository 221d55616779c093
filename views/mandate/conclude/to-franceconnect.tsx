import type { Frame } from '#platform/http/frame.ts';
import { UsagerLayout } from '../../layout/usager-layout.tsx';

/** Still in front of the usager: leaves for FranceConnect by itself, or by the link where pages do not refresh. */
export function ToFranceconnect({ frame, to }: { frame: Frame; to: string }) {
  const title = 'Vers FranceConnect';
  return (
    <UsagerLayout frame={frame} title={title} head={<meta httpEquiv="refresh" content={`0; url=${to}`} />}>
      <h1>{title}</h1>
      <p>Vous allez vous identifier avec FranceConnect. Tapez votre mot de passe vous-même.</p>
      <p>
        <a className="fr-btn" href={to}>
          Continuer
        </a>
      </p>
    </UsagerLayout>
  );
}
