import type { Frame } from '#platform/http/frame.ts';
import { DataTable } from '../../layout/data-table.tsx';
import { Layout } from '../../layout/layout.tsx';
import { EmptyState, When } from '../../layout/parts.tsx';

type Moment = { iso: string; words: string };

export type RequestRow = {
  id: string;
  href: string;
  /** « Personne 7F3K-9Q2M » */
  person: string;
  /** The structure, with its département. */
  place: string;
  askedAt: Moment;
  asker: string;
  state: string;
};

export type ComplaintRow = {
  id: string;
  href: string;
  person: string;
  place: string;
  receivedAt: Moment;
  says: string;
  state: string;
};

type IdentitiesProps = {
  frame: Frame;
  toAnswer: readonly RequestRow[];
  mine: readonly RequestRow[];
  answered: readonly RequestRow[];
  complaints: readonly ComplaintRow[];
};

/** Who may be seen, by whom, and why: requests that wait, those of this auditor, and the complaints they answer. */
export function IdentitiesPage({ frame, toAnswer, mine, answered, complaints }: IdentitiesProps) {
  return (
    <Layout frame={frame} title="Identités" wide>
      <h1>Identités</h1>
      <p className="lead">Les personnes aidées sont masquées partout. Il faut deux auditeurs pour en voir une.</p>
      <p>
        Pour voir qui est une personne, demandez-le depuis une entrée du journal ou depuis le dossier du mandat, en
        écrivant pourquoi. Un autre auditeur accepte ou refuse. Chaque étape est écrite au journal, et chaque affichage
        aussi.
      </p>
      <section aria-labelledby="a-traiter">
        <h2 id="a-traiter">Demandes à traiter</h2>
        {toAnswer.length > 0 ? (
          <Requests caption="Demandes des autres auditeurs" rows={toAnswer} withAsker />
        ) : (
          <EmptyState title="Aucune demande n’attend votre réponse." />
        )}
      </section>
      <section aria-labelledby="reclamations">
        <h2 id="reclamations">Réclamations qui me sont confiées</h2>
        {complaints.length > 0 ? <Complaints rows={complaints} /> : <EmptyState title="Aucune réclamation." />}
      </section>
      <section aria-labelledby="mes-demandes">
        <h2 id="mes-demandes">Mes demandes</h2>
        {mine.length > 0 ? (
          <Requests caption="Ce que j’ai demandé" rows={mine} />
        ) : (
          <EmptyState title="Vous n’avez rien demandé." />
        )}
      </section>
      {answered.length > 0 && (
        <section aria-labelledby="mes-reponses">
          <h2 id="mes-reponses">Mes réponses</h2>
          <Requests caption="Ce que j’ai accepté ou refusé" rows={answered} withAsker />
        </section>
      )}
    </Layout>
  );
}

function Requests({
  caption,
  rows,
  withAsker = false,
}: {
  caption: string;
  rows: readonly RequestRow[];
  withAsker?: boolean;
}) {
  return (
    <DataTable
      caption={caption}
      captionHidden
      headers={['Personne', 'État', 'Structure', ...(withAsker ? ['Par'] : [])]}
      rows={rows.map(({ id, href, person, place, askedAt, asker, state }) => ({
        id,
        cells: [
          <span key="person">
            <a href={href}>{person}</a>
            <br />
            Demandée le <When iso={askedAt.iso}>{askedAt.words}</When>
          </span>,
          state,
          place,
          ...(withAsker ? [asker] : []),
        ],
      }))}
    />
  );
}

function Complaints({ rows }: { rows: readonly ComplaintRow[] }) {
  return (
    <DataTable
      caption="Ce que disent les personnes"
      captionHidden
      headers={['Personne', 'État', 'Dit', 'Structure', 'Reçue le']}
      rows={rows.map(({ id, href, person, place, receivedAt, says, state }) => ({
        id,
        cells: [
          <a key="person" href={href}>
            {person}
          </a>,
          state,
          says,
          place,
          <When key="at" iso={receivedAt.iso}>
            {receivedAt.words}
          </When>,
        ],
      }))}
    />
  );
}
