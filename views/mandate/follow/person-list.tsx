import { Badge } from '@codegouvfr/react-dsfr/Badge';
import { ThemeTags, When } from '../../layout/parts.tsx';

export type MandateListState = 'en-vigueur' | 'expires' | 'termines';

export type PersonRow = {
  id: string;
  href: string;
  name: string;
  birthdate: string;
  themes: readonly string[];
  /** How many of the person's mandates are in this list, and the date that matters: next end, or last end. */
  when: { count: number; iso: string; text: string };
  soon: boolean;
  suspended: boolean;
};

const WHEN: Record<MandateListState, { one: string; several: string }> = {
  'en-vigueur': { one: 'Prend fin le', several: 'Le premier prend fin le' },
  expires: { one: 'Expiré le', several: 'Le dernier a expiré le' },
  termines: { one: 'Terminé le', several: 'Le dernier est terminé le' },
};

/** One line per person. */
export function PersonList({ state, persons }: { state: MandateListState; persons: readonly PersonRow[] }) {
  return (
    <ul className="person-list">
      {persons.map((person) => (
        <li key={person.id} className="person-row">
          <div className="person-row__who">
            <a className="person-row__name" href={person.href} aria-describedby={`naissance-${person.id}`}>
              {person.name}
            </a>
            <span className="quiet" id={`naissance-${person.id}`}>
              Date de naissance&nbsp;: {person.birthdate}
            </span>
          </div>
          <ThemeTags themes={person.themes} />
          <div className="person-row__when">
            <span>
              {person.when.count > 1 ? `${person.when.count}\u00a0mandats. ${WHEN[state].several}` : WHEN[state].one}{' '}
              <When iso={person.when.iso}>{person.when.text}</When>
            </span>
            {person.soon && (
              <Badge severity="warning" small noIcon>
                Expire bientôt
              </Badge>
            )}
            {person.suspended && (
              <Badge severity="info" small noIcon>
                Suspendu
              </Badge>
            )}
          </div>
        </li>
      ))}
    </ul>
  );
}
