import type { Frame } from '#platform/http/frame.ts';
import { Form, Submit } from '../../layout/form.tsx';
import { Layout } from '../../layout/layout.tsx';
import { Notice, When } from '../../layout/parts.tsx';

export type DraftToResume = {
  id: string;
  href: string;
  /** « Famille, Logement », or nothing chosen yet. */
  themes: string;
  /** Where it stands, in a few words. */
  state: string;
  started: { iso: string; words: string };
  expires: { iso: string; words: string };
};

export type NewMandateProps = {
  frame: Frame;
  structure: string;
  canSwitch: boolean;
  drafts: readonly DraftToResume[];
};

export function NewMandate({ frame, structure, canSwitch, drafts }: NewMandateProps) {
  return (
    <Layout frame={frame} title="Nouveau mandat">
      <h1>Nouveau mandat</h1>
      <p className="lead">
        Une personne vous demande de faire des démarches à sa place. Préparez le mandat avec elle, à côté de vous.
      </p>
      {canSwitch && (
        <Notice>
          <p>
            Le mandat sera celui de <strong>{structure}</strong>. Pour une autre structure,{' '}
            <a href="/structure">changez de structure</a> d’abord.
          </p>
        </Notice>
      )}
      <h2>Avant de commencer</h2>
      <ul>
        <li>La personne est là, et c’est elle qui décide. Comptez dix minutes.</li>
        <li>
          Elle a de quoi s’identifier avec FranceConnect&nbsp;: par exemple son compte impots.gouv.fr, ameli.fr ou
          L’Identité Numérique La&nbsp;Poste, et son mot de passe.
        </li>
        <li>Elle a une adresse e-mail à elle. Sans adresse, FranceConnect ne laissera pas se connecter en son nom.</li>
        <li>Vous avez votre application de codes.</li>
      </ul>
      <h2>Quand un mandat n’est pas possible</h2>
      <ul>
        <li>La personne a moins de 18&nbsp;ans.</li>
        <li>Elle est sous tutelle, sous curatelle ou sous sauvegarde de justice.</li>
        <li>Elle ne comprend pas ce qu’elle autorise, ou quelqu’un répond à sa place.</li>
      </ul>
      <Form frame={frame} action="/mandats/nouveau">
        <div className="actions">
          <Submit>Commencer un mandat</Submit>
        </div>
      </Form>
      {drafts.length > 0 && <DraftList drafts={drafts} />}
    </Layout>
  );
}

function DraftList({ drafts }: { drafts: readonly DraftToResume[] }) {
  return (
    <>
      <h2 id="en-preparation">Mandats en préparation</h2>
      <p>Personne d’autre que vous ne les voit.</p>
      <ul className="card-grid drafts" aria-labelledby="en-preparation">
        {drafts.map((draft) => (
          <li key={draft.id} className="card">
            <p>
              <strong>{draft.themes}</strong>
              <br />
              {draft.state}
            </p>
            <p className="quiet">
              Commencé le <When iso={draft.started.iso}>{draft.started.words}</When>. Gardé jusqu’au{' '}
              <When iso={draft.expires.iso}>{draft.expires.words}</When>.
            </p>
            <p>
              <a href={draft.href} aria-label={`Reprendre le mandat commencé le ${draft.started.words}`}>
                Reprendre
              </a>
            </p>
          </li>
        ))}
      </ul>
    </>
  );
}
