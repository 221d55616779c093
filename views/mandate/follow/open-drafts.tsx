export type DraftRow = {
  id: string;
  href: string;
  startedAt: string;
  endsAt: string;
  themes: readonly string[];
  /** The person has identified themselves: only the aidant's acceptance is missing. */
  identified: boolean;
};

/** Mandates in preparation, to go on with. They name nobody: a screen may be seen by the next person. */
export function OpenDrafts({ drafts }: { drafts: readonly DraftRow[] }) {
  if (drafts.length === 0) return null;
  return (
    <section className="open-drafts" aria-labelledby="preparations">
      <h2 id="preparations">En préparation</h2>
      <ul>
        {drafts.map((draft) => (
          <li key={draft.id}>
            <p>
              <strong>Mandat commencé le {draft.startedAt}</strong>
              <br />
              {draft.themes.length > 0 ? draft.themes.join(', ') : 'Thèmes à choisir'}
              {draft.identified && '. La personne a donné son accord'}. À finir avant le {draft.endsAt}.
            </p>
            <a className="fr-btn fr-btn--sm fr-btn--secondary" href={draft.href}>
              Reprendre<span className="fr-sr-only"> le mandat commencé le {draft.startedAt}</span>
            </a>
          </li>
        ))}
      </ul>
    </section>
  );
}
