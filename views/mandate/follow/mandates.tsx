import type { Frame } from '#platform/http/frame.ts';
import { Layout } from '../../layout/layout.tsx';
import { EmptyState } from '../../layout/parts.tsx';
import { PersonSearch } from '../../layout/person-search.tsx';
import { type DraftRow, OpenDrafts } from './open-drafts.tsx';
import { PagesNav } from './pages-nav.tsx';
import { type MandateListState, PersonList, type PersonRow } from './person-list.tsx';

export type { PersonRow } from './person-list.tsx';

export type MandatesProps = {
  frame: Frame;
  structure: string;
  state: MandateListState;
  search: string;
  lists: readonly { state: MandateListState; count: number; href: string }[];
  persons: readonly PersonRow[];
  previousHref: string | null;
  nextHref: string | null;
  drafts: readonly DraftRow[];
  missingPapers: { count: number; href: string };
  /** Null for an aidant who may not conclude mandates. */
  newMandateHref: string | null;
};

const LABELS: Record<MandateListState, string> = {
  'en-vigueur': 'En vigueur',
  expires: 'Expirés',
  termines: 'Terminés',
};

export function MandatesPage(props: MandatesProps) {
  const { frame, structure, state, search, lists, persons, missingPapers } = props;
  const title = search ? `Recherche «\u00a0${search}\u00a0» dans mes mandats` : 'Mes mandats';
  return (
    <Layout frame={frame} title={`${title} (${LABELS[state].toLowerCase()})`} wide>
      <div className="page-head">
        <div>
          <h1>Mes mandats</h1>
          <p className="quiet">Les mandats de la structure {structure}. Tous ses aidants les voient.</p>
        </div>
        {props.newMandateHref && (
          <a className="fr-btn" href={props.newMandateHref}>
            Nouveau mandat
          </a>
        )}
      </div>
      <OpenDrafts drafts={props.drafts} />
      {missingPapers.count > 0 && (
        <p className="missing-papers">
          <a href={missingPapers.href}>
            {missingPapers.count === 1
              ? '1\u00a0mandat attend son papier signé'
              : `${missingPapers.count}\u00a0mandats attendent leur papier signé`}
          </a>
        </p>
      )}
      <PersonSearch
        action="/mandats"
        search={search}
        {...(state !== 'en-vigueur' && { kept: { etat: state }, cleared: `/mandats?etat=${state}` })}
      />
      <nav className="list-tabs" aria-label="États des mandats">
        <ul>
          {lists.map((list) => (
            <li key={list.state}>
              <a href={list.href} aria-current={list.state === state ? 'page' : undefined}>
                {LABELS[list.state]} <span className="list-tabs__count">{list.count}</span>
              </a>
            </li>
          ))}
        </ul>
      </nav>
      <h2 className="fr-sr-only">{LABELS[state]}</h2>
      {persons.length > 0 ? <PersonList state={state} persons={persons} /> : <NoPerson {...props} />}
      <PagesNav label="Pages de la liste" previousHref={props.previousHref} nextHref={props.nextHref} />
    </Layout>
  );
}

function NoPerson({ state, search, lists, newMandateHref }: MandatesProps) {
  if (search) {
    const elsewhere = lists.filter((list) => list.state !== state && list.count > 0);
    return (
      <EmptyState title={`Personne ne correspond à «\u00a0${search}\u00a0» dans cette liste.`}>
        {elsewhere.length > 0 ? (
          <p>
            Voyez aussi&nbsp;:{' '}
            {elsewhere.map((list, index) => (
              <span key={list.state}>
                {index > 0 && ', '}
                <a href={list.href}>{`${LABELS[list.state].toLowerCase()} (${list.count})`}</a>
              </span>
            ))}
            .
          </p>
        ) : (
          <p>Essayez avec moins de lettres, ou avec un autre nom de la personne.</p>
        )}
      </EmptyState>
    );
  }
  if (lists.every(({ count }) => count === 0)) {
    return (
      <EmptyState title="Votre structure n’a encore aucun mandat.">
        {newMandateHref ? (
          <p>
            <a href={newMandateHref}>Préparer un mandat</a> avec une personne présente prend une dizaine de minutes.
          </p>
        ) : (
          <p>Les mandats que vos collègues concluront apparaîtront ici.</p>
        )}
      </EmptyState>
    );
  }
  return (
    <EmptyState title={NONE[state]}>
      {state === 'en-vigueur' && <p>Voyez les mandats expirés ou terminés.</p>}
    </EmptyState>
  );
}

const NONE: Record<MandateListState, string> = {
  'en-vigueur': 'Aucun mandat n’est en vigueur.',
  expires: 'Aucun mandat n’a expiré.',
  termines: 'Aucun mandat n’a été terminé avant sa date de fin.',
};
