import type { Frame } from '#platform/http/frame.ts';
import { Layout } from '../../layout/layout.tsx';
import { BackLink, EmptyState } from '../../layout/parts.tsx';
import { PagesNav } from '../follow/pages-nav.tsx';

export type MissingPaperRow = {
  id: string;
  person: string;
  usagerHref: string;
  startedAt: string;
  over: boolean;
  paperHref: string;
  documentHref: string;
};

export function MissingPapersPage({
  frame,
  count,
  papers,
  listHref,
  nextHref,
  firstHref,
}: {
  frame: Frame;
  count: number;
  papers: readonly MissingPaperRow[];
  listHref: string;
  nextHref: string | null;
  firstHref: string | null;
}) {
  return (
    <Layout frame={frame} title="Papiers manquants" wide>
      <BackLink href={listHref}>Mes mandats</BackLink>
      <h1>Papiers manquants</h1>
      {papers.length > 0 ? (
        <>
          <p>
            {count === 1 ? 'Un mandat attend' : `${count}\u00a0mandats attendent`} que quelqu’un note s’il est signé sur
            papier, ou pourquoi il ne l’est pas.
          </p>
          <ul className="person-list">
            {papers.map((paper) => (
              <PaperRow key={paper.id} {...paper} />
            ))}
          </ul>
        </>
      ) : (
        <EmptyState title="Aucun papier ne manque.">
          <p>Chaque mandat de la structure est signé sur papier, ou dit pourquoi il ne l’est pas.</p>
        </EmptyState>
      )}
      <PagesNav label="Pages de la liste" previousHref={firstHref} nextHref={nextHref} previous="Début de la liste" />
    </Layout>
  );
}

function PaperRow({ person, usagerHref, startedAt, over, paperHref, documentHref }: MissingPaperRow) {
  return (
    <li className="person-row">
      <a className="person-row__name" href={usagerHref}>
        {person}
      </a>
      <span>
        Mandat du {startedAt}
        {over && ' (terminé)'}
      </span>
      <span className="inline-links">
        <a href={paperHref}>
          Noter le papier
          <span className="fr-sr-only">
            {' '}
            du mandat de {person}, commencé le {startedAt}
          </span>
        </a>
        <a href={documentHref}>
          Voir le document
          <span className="fr-sr-only">
            {' '}
            du mandat de {person}, commencé le {startedAt}
          </span>
        </a>
      </span>
    </li>
  );
}
