import type { ReactElement } from 'react';
import type { Frame } from '#platform/http/frame.ts';
import { Form, Submit } from '../../layout/form.tsx';
import { Layout } from '../../layout/layout.tsx';
import { BackLink, Notice, PrintButton } from '../../layout/parts.tsx';
import type { DocumentCopy } from './mandate-v1.tsx';

/** What stands on the screen around the document, and never on the paper. */
export type DocumentControls = {
  state: 'in-force' | 'suspended' | 'expired' | 'ended';
  over: { since: string; how: string } | null;
  /** `shown`: on this page; `given`: printed earlier, and not shown again; `none`: never printed. */
  stopCode: 'shown' | 'given' | 'none';
  stopCodeGivenAt: string | null;
  /** What became of the paper, or null when it is missing. */
  paper: string | null;
  structureHref: string;
  usagerCopyHref: string;
  paperHref: string;
  usagerHref: string;
};

export type DocumentProps = {
  frame: Frame;
  copy: DocumentCopy;
  person: string;
  controls: DocumentControls;
  documents: readonly ReactElement[];
};

export function DocumentPage(props: DocumentProps) {
  const { frame, copy, person, controls, documents } = props;
  const title = `Mandat de ${person}`;
  return (
    <Layout frame={frame} title={copy === 'usager' ? `${title}, à imprimer` : title}>
      <div className="screen-only">
        <BackLink href={controls.usagerHref}>{person}</BackLink>
        <h1>{title}</h1>
        {controls.over && (
          <Notice severity="warning" title={`Ce mandat est terminé depuis le ${controls.over.since}`}>
            <p>{controls.over.how}</p>
          </Notice>
        )}
        {controls.state === 'suspended' && (
          <Notice severity="warning" title="Ce mandat est suspendu">
            <p>Personne ne peut l’utiliser tant qu’il est suspendu.</p>
          </Notice>
        )}
        {copy === 'usager' ? <AfterPrinting {...props} /> : <Steps {...props} />}
      </div>
      {controls.over && (
        <p className="print-only">
          <strong>Ce mandat est terminé depuis le {controls.over.since}.</strong>
        </p>
      )}
      <div className="mandate-sheets">{documents}</div>
    </Layout>
  );
}

/** What is left to do: print both copies, have them signed, note it. */
function Steps({ frame, controls }: DocumentProps) {
  if (controls.over)
    return (
      <div className="actions">
        <PrintButton />
        {controls.paper ? <p>Papier&nbsp;: {controls.paper}</p> : <a href={controls.paperHref}>Compléter le papier</a>}
      </div>
    );
  return (
    <section aria-labelledby="papier">
      <h2 id="papier">Le papier</h2>
      {controls.paper ? (
        <p>{controls.paper}</p>
      ) : (
        <ol>
          <li>Imprimez deux exemplaires.</li>
          <li>La personne et vous signez les deux. Vous lui en remettez un.</li>
          <li>
            <a href={controls.paperHref}>Notez que le papier est signé</a>, ou pourquoi il ne l’est pas.
          </li>
        </ol>
      )}
      {controls.stopCode === 'given' && (
        <p>
          L’exemplaire de la personne a été préparé le {controls.stopCodeGivenAt}. Le préparer de nouveau donne un
          nouveau code d’arrêt. L’ancien ne marche plus.
        </p>
      )}
      <Form frame={frame} action={controls.usagerCopyHref}>
        <div className="actions">
          <Submit name="exemplaires" value="deux">
            {controls.stopCode === 'none' ? 'Préparer les deux exemplaires' : 'Préparer deux nouveaux exemplaires'}
          </Submit>
          <Submit secondary name="exemplaires" value="un">
            {controls.stopCode === 'none'
              ? 'Seulement celui de la personne'
              : 'Seulement celui de la personne, avec un nouveau code'}
          </Submit>
        </div>
      </Form>
      <p className="quiet">Ci-dessous, l’exemplaire de la structure. Il n’a pas de code d’arrêt.</p>
      <PrintButton>Imprimer cet exemplaire</PrintButton>
    </section>
  );
}

function AfterPrinting({ controls, documents }: DocumentProps) {
  const both = documents.length > 1;
  return (
    <>
      {controls.stopCode === 'shown' ? (
        <p className="lead">
          {both ? 'Les deux exemplaires sont prêts.' : 'L’exemplaire de la personne est prêt.'} Imprimez
          maintenant&nbsp;: le code d’arrêt ne reste affiché que 15&nbsp;minutes.
        </p>
      ) : (
        !controls.over && (
          <p>
            Cet exemplaire n’a pas de code d’arrêt. <a href={controls.structureHref}>Préparez un nouvel exemplaire</a>{' '}
            pour en avoir un.
          </p>
        )
      )}
      <p className="quiet">
        Dans le menu de votre navigateur, choisissez «&nbsp;Imprimer&nbsp;», papier A4, recto verso. Chaque exemplaire
        tient sur une feuille.
      </p>
      <div className="actions">
        <PrintButton />
        <a href={controls.paperHref}>Noter que le papier est signé</a>
        <a href={controls.structureHref}>Retour au mandat</a>
      </div>
    </>
  );
}
