import type { MandateListState } from './person-list.tsx';

/** A form by GET: what was searched can be shared between two tabs, and works without a script. */
export function PersonSearch({ state, search }: { state: MandateListState; search: string }) {
  return (
    <search>
      <form className="person-search" method="get" action="/mandats">
        {state !== 'en-vigueur' && <input type="hidden" name="etat" value={state} />}
        <div className="fr-input-group">
          <label className="fr-label" htmlFor="recherche">
            Chercher une personne
          </label>
          <span className="fr-hint-text" id="recherche-aide">
            Nom de naissance, nom d’usage ou prénom, même incomplet. Avec ou sans accents.
          </span>
          <div className="person-search__bar">
            <input
              className="fr-input"
              id="recherche"
              name="recherche"
              type="search"
              defaultValue={search}
              maxLength={100}
              autoComplete="off"
              spellCheck={false}
              aria-describedby="recherche-aide"
            />
            <button type="submit" className="fr-btn">
              Chercher
            </button>
          </div>
        </div>
        {search && (
          <p>
            <a href={state === 'en-vigueur' ? '/mandats' : `/mandats?etat=${state}`}>Effacer la recherche</a>
          </p>
        )}
      </form>
    </search>
  );
}
