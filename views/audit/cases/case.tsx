import type { ReactNode } from 'react';
import type { Frame } from '#platform/http/frame.ts';
import { Layout } from '../../layout/layout.tsx';
import { BackLink, EmptyState, Notice, PrintButton, SummaryList } from '../../layout/parts.tsx';
import { frenchSpaces } from '../../layout/spaces.tsx';
import { EntryList, type EntryRow } from '../search/entry-list.tsx';
import { Exports, Notes } from './notes.tsx';

export type Moment = { iso: string; words: string };
export type NoteView = { id: string; author: string; at: Moment; text: string; hash: string };
export type DecisionView = { label: string; by: string; at: Moment; reasons: string };

export type CaseView = {
  number: string;
  subject: string;
  origin: ReactNode;
  owner: string;
  opened: Moment;
  shares: readonly { auditor: string; at: Moment }[];
  entries: readonly EntryRow[];
  /** Put in the case, and of another département than this auditor's, or erased. */
  hidden: number;
  notes: readonly NoteView[];
  decision: DecisionView | null;
  /** How long it is kept, in words. */
  kept: string;
  exports: readonly { id: string; auditor: string; at: Moment; hash: string }[];
  complaintHref: string | null;
  mandateHref: string | null;
  paths: { note: string; share: string | null; decision: string; export: string; answer: string | null };
};

/** One case: what it holds, what was written, what was decided, what left. */
export function CasePage({ frame, file }: { frame: Frame; file: CaseView }) {
  const { paths, decision } = file;
  return (
    <Layout frame={frame} title={`Dossier de contrôle ${file.number}`} wide>
      <BackLink href="/auditeur/dossiers">Vos dossiers de contrôle</BackLink>
      <h1>
        Dossier de contrôle {file.number}&nbsp;: {frenchSpaces(file.subject)}
      </h1>
      {decision ? (
        <Notice severity="info" title={decision.label}>
          <p>
            Décidé par {decision.by}, le {decision.at.words}.
          </p>
        </Notice>
      ) : (
        <p className="lead">Ce dossier de contrôle attend une décision.</p>
      )}
      <div className="actions">
        {!decision && (
          <a className="fr-btn" href={paths.decision}>
            Décider
          </a>
        )}
        {decision && paths.answer && (
          <a className="fr-btn" href={paths.answer}>
            Lettre de réponse à la personne
          </a>
        )}
        <a className="fr-btn fr-btn--secondary" href={paths.note}>
          Écrire une note
        </a>
        <a className="fr-btn fr-btn--secondary" href={paths.export}>
          Exporter le dossier de contrôle
        </a>
        {paths.share && (
          <a className="fr-btn fr-btn--secondary" href={paths.share}>
            Ouvrir à un autre auditeur
          </a>
        )}
        <PrintButton />
      </div>
      <Facts file={file} />
      {decision && (
        <section aria-labelledby="decision">
          <h2 id="decision">La décision, et pourquoi</h2>
          <p>
            <strong>{decision.label}.</strong>
          </p>
          <p className="plain-text">{decision.reasons}</p>
        </section>
      )}
      <Entries file={file} />
      <Notes notes={file.notes} />
      <Exports exports={file.exports} />
    </Layout>
  );
}

function Facts({ file }: { file: CaseView }) {
  const shared = file.shares.map(({ auditor, at }) => `${auditor} (depuis le ${at.words})`).join('\u00a0; ');
  return (
    <SummaryList
      rows={[
        { term: 'Vient de', value: file.origin },
        { term: 'Ouvert', value: `Le ${file.opened.words}, par ${file.owner}` },
        { term: 'Ouvert aussi à', value: shared || 'Aucun autre auditeur' },
        ...(file.mandateHref ? [{ term: 'Mandat', value: <a href={file.mandateHref}>Dossier du mandat</a> }] : []),
        ...(file.mandateHref && !file.decision
          ? [{ term: 'Gel', value: 'Rien de ce mandat n’est effacé jusqu’à la décision.' }]
          : []),
        { term: 'Gardé', value: file.kept },
        ...(file.complaintHref
          ? [{ term: 'Réclamation', value: <a href={file.complaintHref}>Lire la réclamation</a> }]
          : []),
      ]}
    />
  );
}

function Entries({ file: { entries, hidden } }: { file: CaseView }) {
  return (
    <section aria-labelledby="entrees">
      <h2 id="entrees">Entrées réunies ({entries.length + hidden})</h2>
      {hidden > 0 && (
        <p>
          {hidden} entrée{hidden > 1 ? 's ne sont' : ' n’est'} pas dans votre périmètre&nbsp;: rien n’en est montré ici.
        </p>
      )}
      {entries.length > 0 && <EntryList entries={entries} label="Entrées du dossier de contrôle" />}
      {entries.length + hidden === 0 && <EmptyState title="Ce dossier de contrôle n’a encore aucune entrée." />}
    </section>
  );
}
