import type { Frame } from '#platform/http/frame.ts';
import { Layout } from '../../layout/layout.tsx';
import { BackLink, CopyableNumber, Notice, SummaryList, type SummaryRow, When } from '../../layout/parts.tsx';
import { PagesNav } from '../../mandate/follow/pages-nav.tsx';
import { Alone } from './alone.tsx';
import { Evidence, type EvidenceTexts } from './evidence.tsx';
import { StateBadge, type StateName } from './state-badge.tsx';
import { type CheckLine, Verification } from './verification.tsx';

export type EntryProps = {
  frame: Frame;
  backHref: string;
  sentence: string;
  /** When it was written, as its leaf says; null when the leaf is gone or cannot be read. */
  written: { iso: string; text: string } | null;
  /** Of which the act is dated, when it was written at another time. */
  dated: { iso: string; text: string } | null;
  state: StateName;
  /** What the state means for this entry, with its times. */
  stateText: string;
  structure: string | null;
  aidant: string | null;
  auditor: string | null;
  person: { label: string; href: string; action: string } | null;
  /** `number` is null once the mandate is erased. */
  mandate: { number: string | null; href: string } | null;
  openings: readonly { term: string; value: string | null; note: string | null }[];
  warning: string | null;
  previousHref: string | null;
  nextHref: string | null;
  checks: readonly CheckLine[];
  verdict: CheckLine['verdict'];
  evidence: EvidenceTexts | null;
  proof: { href: string; name: string } | null;
  /** Where this entry is put in a case file. */
  caseHref: string;
};

/** One entry: what it says, what is behind it, where it stands, and the proof, checked on the spot. */
export function EntryPage(props: EntryProps) {
  const { frame, backHref, sentence, state, stateText, warning, mandate, evidence, proof } = props;
  return (
    <Layout frame={frame} title={props.written ? `Entrée du journal, ${props.written.text}` : 'Entrée du journal'} wide>
      <BackLink href={backHref}>Retour à la recherche</BackLink>
      <h1>Une entrée du journal</h1>
      <p className="lead entry-sentence">{sentence}</p>
      {warning && <Notice severity="error">{warning}</Notice>}
      <SummaryList rows={factsOf(props)} />
      {(mandate || props.previousHref || props.nextHref) && (
        <PagesNav
          label="Entrées du même mandat"
          previousHref={props.previousHref}
          nextHref={props.nextHref}
          previous="Entrée précédente du mandat"
          next="Entrée suivante du mandat"
        />
      )}
      <h2>Où elle en est</h2>
      <p>
        <StateBadge state={state} /> {stateText}
      </p>
      {evidence && <Verification verdict={props.verdict} checks={props.checks} />}
      <p className="inline-links">
        {proof && (
          <a className="fr-link fr-icon-download-line fr-link--icon-left" href={proof.href} download={proof.name}>
            Télécharger la preuve (.tlog-proof)
          </a>
        )}
        <span>
          <a className="fr-link" href={props.caseHref}>
            Mettre cette entrée dans un dossier de contrôle
          </a>
        </span>
      </p>
      <Openings openings={props.openings} />
      {evidence && <Evidence evidence={evidence} />}
      <Alone />
    </Layout>
  );
}

function factsOf({ written, dated, structure, aidant, auditor, person, mandate }: EntryProps): SummaryRow[] {
  return [
    written && { term: 'Écrite le', value: <When iso={written.iso}>{written.text}</When> },
    dated && { term: 'Daté du', value: <When iso={dated.iso}>{dated.text}</When> },
    structure && { term: 'Structure', value: structure },
    aidant && { term: 'Aidant', value: aidant },
    auditor && { term: 'Auditeur', value: auditor },
    person && { term: 'Personne', value: person.label, action: <a href={person.href}>{person.action}</a> },
    mandate && {
      term: 'Mandat',
      value: mandate.number === null ? 'Effacé, il n’a plus de numéro' : <CopyableNumber number={mandate.number} />,
      action: <a href={mandate.href}>Voir {mandate.number === null ? 'ce qui reste' : 'le dossier'} du mandat</a>,
    },
  ].filter((row) => row !== null && row !== '');
}

function Openings({ openings }: Pick<EntryProps, 'openings'>) {
  if (openings.length === 0) return null;
  return (
    <section aria-labelledby="engagements-titre">
      <h2 id="engagements-titre">Les valeurs gardées à part</h2>
      <p>
        L’entrée ne porte que l’empreinte de ces valeurs. Celles qui sont montrées ont été comparées à leur empreinte.
      </p>
      <SummaryList
        rows={openings.map(({ term, value, note }) => ({
          term,
          value: value === null ? <span className="quiet">{note}</span> : <span className="entry-value">{value}</span>,
        }))}
      />
    </section>
  );
}
