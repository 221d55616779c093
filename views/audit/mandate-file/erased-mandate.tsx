import type { Frame } from '#platform/http/frame.ts';
import { Layout } from '../../layout/layout.tsx';
import { BackLink, Notice, PrintButton, SummaryList, ThemeTags } from '../../layout/parts.tsx';
import { Connections, Entries } from './life.tsx';
import type { MandateFileView } from './mandate-file.tsx';

export type ErasedMandateView = Pick<
  MandateFileView,
  | 'structure'
  | 'departement'
  | 'doubts'
  | 'counter'
  | 'themes'
  | 'starts'
  | 'ends'
  | 'end'
  | 'connections'
  | 'refusals'
  | 'acts'
  | 'reads'
  | 'beside'
  | 'strays'
> & {
  /** What links its entries to one another. */
  alias: string;
  /** When and why; null when no erasure says so. */
  erased: string | null;
};

/** What the journal still says of a mandate whose person, or whose file, was erased. */
export function ErasedMandatePage({
  frame,
  file,
  read,
  backHref,
}: {
  frame: Frame;
  file: ErasedMandateView;
  read: string;
  backHref: string;
}) {
  const { erased, alias, themes, starts, ends, end, counter } = file;
  return (
    <Layout frame={frame} title="Dossier d’un mandat effacé" wide>
      <BackLink href={backHref}>Retour à la recherche</BackLink>
      <h1>Dossier d’un mandat effacé</h1>
      <p className="lead">
        {file.structure} ({file.departement}).
      </p>
      <p className="print-only">{read}</p>
      <Erased erased={erased} />
      <Entire doubts={file.doubts} counter={counter.text} />
      <div className="actions">
        <PrintButton />
      </div>
      <section aria-labelledby="essentiel">
        <h2 id="essentiel">Ce que le journal dit encore</h2>
        <SummaryList
          rows={[
            { term: 'Repère', value: <span className="hash-text">{alias}</span> },
            { term: 'Pour qui', value: 'Plus rien ne le dit.' },
            { term: 'Thèmes', value: <ThemeTags themes={themes} /> },
            { term: 'Commence', value: starts ? `Le ${starts}` : 'Le journal ne le dit pas.' },
            { term: 'Fin prévue', value: ends ? `Le ${ends}` : '–' },
            { term: 'Fin', value: end ?? 'Aucune fin n’est écrite au journal.' },
            { term: 'Compteur', value: <strong>{counter.text}</strong> },
          ]}
        />
      </section>
      <Connections connections={file.connections} />
      <Entries file={file} />
    </Layout>
  );
}

function Erased({ erased }: { erased: string | null }) {
  if (erased === null) {
    return (
      <Notice severity="error" title="Ce mandat n’est plus dans la base, et aucun effacement ne le dit">
        <p>Il a été retiré sans effacement inscrit. Prévenez l’exploitant.</p>
      </Notice>
    );
  }
  return (
    <Notice severity="info" title="Effacé">
      <p>
        {erased} Le numéro du mandat, son texte et les pièces du consentement ne sont plus là. Les entrées du journal
        restent.
      </p>
    </Notice>
  );
}

function Entire({ doubts, counter }: { doubts: readonly string[]; counter: string }) {
  if (doubts.length === 0) {
    return (
      <Notice severity="success" title="Chaque entrée qui reste se vérifie">
        <p>{counter}. Le consentement, lui, ne peut plus être vérifié.</p>
      </Notice>
    );
  }
  return (
    <Notice severity="error" title="Des vérifications ne tiennent pas">
      <ul>
        {doubts.map((doubt) => (
          <li key={doubt}>{doubt}</li>
        ))}
      </ul>
    </Notice>
  );
}
