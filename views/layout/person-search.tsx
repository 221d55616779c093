export type PersonSearchProps = {
  /** Where the form leads, with a query that `kept` repeats. */
  action: string;
  search: string;
  /** Where the list is without a search; the form's own address unless said otherwise. */
  cleared?: string;
  /** Hidden fields that a search keeps. */
  kept?: Readonly<Record<string, string>>;
};

/** A form by GET: what was searched can be shared between two tabs, and works without a script. */
export function PersonSearch({ action, search, cleared = action, kept = {} }: PersonSearchProps) {
  return (
    <search>
      <form className="person-search" method="get" action={action}>
        {Object.entries(kept).map(([name, value]) => (
          <input key={name} type="hidden" name={name} value={value} />
        ))}
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
            <a href={cleared}>Effacer la recherche</a>
          </p>
        )}
      </form>
    </search>
  );
}
