import type { Frame } from '#platform/http/frame.ts';
import { Layout } from '../../layout/layout.tsx';
import { BackLink } from '../../layout/parts.tsx';

/** Somebody, or the term, was first: says since when and how. */
export function AlreadyEnded({
  frame,
  what,
  person,
  endedAt,
  how,
  receiptHref,
  usagerHref,
}: {
  frame: Frame;
  /** The title of the theme; null for the whole mandate. */
  what: string | null;
  person: string;
  endedAt: string;
  how: string;
  receiptHref: string | null;
  usagerHref: string;
}) {
  const title = what ? 'Ce thème est déjà terminé' : 'Ce mandat est déjà terminé';
  return (
    <Layout frame={frame} title={`${title}${what ? `\u00a0: ${what}` : ''}, ${person}`}>
      <BackLink href={usagerHref}>{person}</BackLink>
      <h1>{title}</h1>
      <p className="lead">
        {what ? `L’autorisation «\u00a0${what}\u00a0»` : `Le mandat de ${person}`} est terminé{what ? 'e' : ''} depuis
        le {endedAt}.
      </p>
      <p>{how}</p>
      <p>Rien n’a été changé.</p>
      {receiptHref && (
        <p>
          <a href={receiptHref}>Imprimer le papier de fin</a>
        </p>
      )}
    </Layout>
  );
}
