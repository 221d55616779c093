/** Links to the page before and the page after, when there are. */
export function PagesNav({
  label,
  previousHref,
  nextHref,
  previous = 'Page précédente',
  next = 'Page suivante',
}: {
  label: string;
  previousHref: string | null;
  nextHref: string | null;
  previous?: string;
  next?: string;
}) {
  if (!previousHref && !nextHref) return null;
  return (
    <nav className="pages-nav" aria-label={label}>
      {previousHref && (
        <a className="fr-link fr-icon-arrow-left-line fr-link--icon-left" href={previousHref} rel="prev">
          {previous}
        </a>
      )}
      {nextHref && (
        <a className="fr-link fr-icon-arrow-right-line fr-link--icon-right" href={nextHref} rel="next">
          {next}
        </a>
      )}
    </nav>
  );
}
