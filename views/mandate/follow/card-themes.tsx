export type CardTheme = {
  key: string;
  title: string;
  /** Set when it ended before its mandate. */
  ended: { at: string; why: string } | null;
  endHref: string | null;
  receiptHref: string | null;
};

/** The themes of a mandate, each with its own end. */
export function CardThemes({ themes }: { themes: readonly CardTheme[] }) {
  return (
    <>
      <h4>Thèmes</h4>
      <ul className="card-themes">
        {themes.map((theme) => (
          <li key={theme.key}>
            <span>
              {theme.title}
              {theme.ended && (
                <span className="quiet">
                  <br />
                  Terminé le {theme.ended.at}. {theme.ended.why}
                </span>
              )}
            </span>
            {theme.endHref && (
              <a href={theme.endHref}>
                Terminer ce thème<span className="fr-sr-only">&nbsp;: {theme.title}</span>
              </a>
            )}
            {theme.receiptHref && (
              <a href={theme.receiptHref}>
                Papier de fin<span className="fr-sr-only"> du thème {theme.title}</span>
              </a>
            )}
          </li>
        ))}
      </ul>
    </>
  );
}
