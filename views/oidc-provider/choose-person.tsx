import type { Frame } from '#platform/http/frame.ts';
import { Layout } from '../layout/layout.tsx';
import { EmptyState, ThemeTags } from '../layout/parts.tsx';
import { PersonSearch } from '../layout/person-search.tsx';
import { PagesNav } from '../mandate/follow/pages-nav.tsx';
import { CancelForm, RequestHead, type RequestView } from './request-frame.tsx';

export type PersonChoice = {
  id: string;
  href: string;
  name: string;
  birthdate: string;
  themes: readonly string[];
  /** FranceConnect would refuse: said before anything is chosen. */
  withoutEmail: boolean;
};

export type ChoosePersonProps = {
  frame: Frame;
  request: RequestView;
  structure: string;
  search: string;
  people: readonly PersonChoice[];
  firstHref: string | null;
  nextHref: string | null;
};

/** First page of the answer: for whom. Only people with a mandate that may be used here and now. */
export function ChoosePerson({ frame, request, structure, search, people, firstHref, nextHref }: ChoosePersonProps) {
  return (
    <Layout frame={frame} title={'Pour qui agissez-vous\u00a0?'} wide>
      <h1>Pour qui agissez-vous&nbsp;?</h1>
      <p className="lead">
        Un site vous demande de vous identifier avec FranceConnect. Choisissez la personne au nom de qui vous agissez.
        Elle doit avoir un mandat en vigueur avec {structure}.
      </p>
      <RequestHead frame={frame} request={request} />
      <PersonSearch action={request.paths.people} search={search} />
      {people.length > 0 ? (
        <People people={people} />
      ) : (
        <EmptyState title={`Personne ne correspond à «\u00a0${search}\u00a0».`}>
          <p>
            Essayez avec moins de lettres. Si la personne n’a plus de mandat en vigueur, vous ne pouvez pas agir pour
            elle.
          </p>
        </EmptyState>
      )}
      <PagesNav
        label="Pages de la liste"
        previousHref={firstHref}
        previous="Début de la liste"
        nextHref={nextHref}
        next="Personnes suivantes"
      />
      <CancelForm frame={frame} request={request} />
    </Layout>
  );
}

function People({ people }: { people: readonly PersonChoice[] }) {
  return (
    <>
      <h2>Personnes</h2>
      <ul className="person-list">
        {people.map((person) => (
          <li key={person.id} className="person-row">
            <div className="person-row__who">
              <a className="person-row__name" href={person.href} aria-describedby={`naissance-${person.id}`}>
                {person.name}
              </a>
              <span className="quiet" id={`naissance-${person.id}`}>
                Date de naissance&nbsp;: {person.birthdate}
              </span>
              {person.withoutEmail && <span>Pas d’adresse e-mail&nbsp;: FranceConnect refusera.</span>}
            </div>
            <ThemeTags themes={person.themes} />
          </li>
        ))}
      </ul>
    </>
  );
}
