import type { ConsentCheck, ConsentText } from '#consent';
import type { Frame } from '#platform/http/frame.ts';
import { Layout } from '../../layout/layout.tsx';
import { BackLink, Notice, PrintButton, TitleNumber } from '../../layout/parts.tsx';
import type { EntryRow } from '../search/entry-list.tsx';
import { Essential } from './essential.tsx';
import { Connections, Entries } from './life.tsx';
import { Checks, type ProofStatement, Statements } from './proof.tsx';
import { ShownText } from './shown-text.tsx';

export type ConnectionRow = {
  id: string;
  iso: string;
  when: string;
  theme: string;
  site: string;
  aidant: string;
  result: string;
  href: string;
};

export type MandateFileView = {
  number: string;
  structure: string;
  departement: string;
  /** `ask`: where their identity is asked for, or the request that waits; null when it is open. */
  person: { label: string; ask: { href: string; label: string } | null };
  state: string;
  /** That it is dated otherwise than it was written; null as a rule. */
  takenOver: string | null;
  /** What does not hold or cannot be verified; empty when all is well. */
  doubts: readonly string[];
  counter: { text: string; complete: boolean };
  identified: string;
  device: string;
  acceptedBy: string;
  themes: readonly string[];
  starts: string | null;
  ends: string | null;
  duration: string | null;
  paper: string;
  end: string | null;
  declarations: readonly string[];
  established: readonly ProofStatement[];
  notProved: readonly ProofStatement[];
  checks: readonly ConsentCheck[];
  text: ConsentText | null;
  textHash: string | null;
  connections: readonly ConnectionRow[];
  refusals: readonly EntryRow[];
  acts: readonly EntryRow[];
  reads: readonly EntryRow[];
  /** Of the index alone: they name no mandate. */
  beside: readonly EntryRow[];
  /** Of another mandate, or unreadable. */
  strays: readonly EntryRow[];
  exportHref: string;
  exportWithEvidence: boolean;
  caseHref: string;
};

/** Everything about one mandate: the essential first, what it is worth next, then each piece. Printed as it is. */
export function MandateFilePage({
  frame,
  file,
  read,
  backHref,
}: {
  frame: Frame;
  file: MandateFileView;
  read: string;
  /** The search that led here. */
  backHref: string;
}) {
  return (
    <Layout frame={frame} title={`Dossier du mandat ${file.number}`} wide>
      <BackLink href={backHref}>Retour à la recherche</BackLink>
      <h1>
        Dossier du mandat <TitleNumber number={file.number} />
      </h1>
      <p className="lead">
        {file.structure} ({file.departement}). {file.state}.
      </p>
      <p className="print-only">{read}</p>
      {file.takenOver && (
        <Notice severity="info" title="Un mandat repris">
          <p>{file.takenOver} Les heures du papier et de chaque entrée sont celles de l’écriture.</p>
        </Notice>
      )}
      <Verdict file={file} />
      <div className="actions">
        <a className="fr-btn fr-btn--secondary" href={file.exportHref}>
          Exporter le dossier du mandat
        </a>
        <a className="fr-btn fr-btn--secondary" href={file.caseHref}>
          Ajouter à un dossier de contrôle
        </a>
        <PrintButton />
      </div>
      <Essential file={file} />
      <section aria-labelledby="etabli">
        <h2 id="etabli">Ce que les preuves établissent</h2>
        {file.established.length > 0 ? (
          <Statements statements={file.established} />
        ) : (
          <p>Rien de ce qui suit n’est établi&nbsp;: aucune vérification ne tient, ou il manque les pièces.</p>
        )}
      </section>
      <section aria-labelledby="limites">
        <h2 id="limites">Ce que ceci ne prouve pas</h2>
        <Statements statements={file.notProved} />
      </section>
      <Checks checks={file.checks} />
      <ShownText text={file.text} hash={file.textHash} declarations={file.declarations} />
      <Connections connections={file.connections} />
      <Entries file={file} />
    </Layout>
  );
}

function Verdict({ file: { doubts, counter } }: { file: MandateFileView }) {
  if (doubts.length === 0) {
    return (
      <Notice severity="success" title="Toutes les vérifications tiennent">
        <p>{counter.text}. Lisez aussi ce que cela ne prouve pas.</p>
      </Notice>
    );
  }
  return (
    <Notice severity="error" title="Des vérifications ne tiennent pas, ou ne peuvent plus être faites">
      <ul>
        {doubts.map((doubt) => (
          <li key={doubt}>{doubt}</li>
        ))}
      </ul>
    </Notice>
  );
}
