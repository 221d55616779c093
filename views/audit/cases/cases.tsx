import type { Frame } from '#platform/http/frame.ts';
import { DataTable } from '../../layout/data-table.tsx';
import { Layout } from '../../layout/layout.tsx';
import { EmptyState, When } from '../../layout/parts.tsx';
import { frenchSpaces } from '../../layout/spaces.tsx';

export type CaseLine = {
  id: string;
  href: string;
  number: string;
  subject: string;
  origin: string;
  opened: { iso: string; words: string };
  owner: string;
  entries: string;
  decision: string;
};
export type WaitingComplaint = { id: string; href: string; label: string; received: string };

/** The auditor's cases, those that wait first; and their complaints that have none yet. */
export function CasesPage({
  frame,
  cases,
  complaints,
  nextHref,
}: {
  frame: Frame;
  cases: readonly CaseLine[];
  complaints: readonly WaitingComplaint[];
  nextHref: string | null;
}) {
  return (
    <Layout frame={frame} title="Dossiers de contrôle" wide>
      <h1>Dossiers de contrôle</h1>
      <p className="lead">
        Un dossier de contrôle réunit des entrées du journal, vos notes et votre décision. Il est à vous. Vous pouvez
        l’ouvrir à un autre auditeur.
      </p>
      {complaints.length > 0 && (
        <section aria-labelledby="reclamations">
          <h2 id="reclamations">Réclamations qui attendent un dossier de contrôle</h2>
          <ul>
            {complaints.map(({ id, href, label, received }) => (
              <li key={id}>
                <a href={href}>Ouvrir un dossier de contrôle&nbsp;: {label}</a> (reçue le {received})
              </li>
            ))}
          </ul>
        </section>
      )}
      <h2>Vos dossiers de contrôle, et ceux que l’on vous a ouverts</h2>
      {cases.length === 0 ? (
        <EmptyState title="Vous n’avez aucun dossier de contrôle.">
          <p>
            On ouvre un dossier de contrôle depuis une réclamation, depuis la page d’une entrée ou d’un mandat, ou
            depuis un tirage. <a href="/auditeur/recherche">Rechercher dans le journal</a>
          </p>
        </EmptyState>
      ) : (
        <DataTable
          caption="Dossiers de contrôle"
          captionHidden
          headers={['Dossier', 'Objet', 'Vient de', 'Ouvert', 'Par', 'Entrées', 'Décision']}
          rows={cases.map((one) => ({
            id: one.id,
            cells: [
              <a key="link" href={one.href}>
                {one.number}
              </a>,
              frenchSpaces(one.subject),
              one.origin,
              <When key="when" iso={one.opened.iso}>
                {one.opened.words}
              </When>,
              one.owner,
              one.entries,
              one.decision,
            ],
          }))}
        />
      )}
      {nextHref && (
        <p>
          <a href={nextHref}>Dossiers de contrôle suivants</a>
        </p>
      )}
    </Layout>
  );
}
