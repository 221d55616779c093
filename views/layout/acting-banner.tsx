import type { Frame } from '#platform/http/frame.ts';

/** On every page, while FranceConnect may still be open in this browser in a person's name: who, and how to end it. */
export function ActingBanner({ frame }: { frame: Frame }) {
  const acting = frame.person?.acting;
  if (!acting) return null;
  return (
    <section className="acting-banner" aria-label="Connexion au nom d’une personne">
      <div className="frame acting-banner__bar">
        <p>
          Vous agissez pour <strong>{acting.name}</strong>
        </p>
        <form method="post" action={acting.endPath}>
          <input type="hidden" name="_csrf" value={frame.csrfToken} />
          <button type="submit" className="fr-btn fr-btn--sm">
            Terminer<span className="fr-sr-only"> la connexion au nom de {acting.name}</span>
          </button>
        </form>
      </div>
    </section>
  );
}
