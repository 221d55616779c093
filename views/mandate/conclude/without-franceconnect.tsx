import type { Frame } from '#platform/http/frame.ts';
import { Layout } from '../../layout/layout.tsx';
import { BackLink, PrintButton } from '../../layout/parts.tsx';
import type { DraftHeader } from './draft-header.tsx';

export type WithoutFranceconnectProps = {
  frame: Frame;
  draft: DraftHeader;
  structure: { name: string; phone: string };
};

/** A sheet to print and hand over: what to do when FranceConnect is not possible, and whom to call. */
export function WithoutFranceconnect({ frame, draft, structure }: WithoutFranceconnectProps) {
  return (
    <Layout frame={frame} title="Quand FranceConnect n’est pas possible">
      <BackLink href={draft.paths.themes}>Retour à la préparation</BackLink>
      <h1>Quand FranceConnect n’est pas possible</h1>
      <p className="lead">
        Un mandat se donne avec FranceConnect&nbsp;: c’est ce qui prouve que la personne a dit oui elle-même. Voici quoi
        faire selon le problème. Cette fiche peut être donnée à la personne.
      </p>
      <div className="actions">
        <PrintButton>Imprimer cette fiche</PrintButton>
      </div>
      <NoAccount />
      <Forgotten />
      <NoMatch />
      <Down until={draft.expires} />
      <h2>En attendant</h2>
      <p>
        Sans mandat, un aidant peut rester à côté de la personne et lui expliquer. C’est elle qui tape ses mots de passe
        et qui valide. Beaucoup de démarches se font aussi par téléphone, par courrier ou au guichet.
      </p>
      <p className="screen-only">
        Votre préparation est gardée jusqu’au {draft.expires}&nbsp;: <a href={draft.paths.agreement}>reprendre</a>.
      </p>
      <h2>Qui appeler</h2>
      <ul>
        <li>
          La structure qui vous aide, {structure.name}&nbsp;: <span className="unbroken">{structure.phone}</span>
        </li>
        <li>
          L’assistance d’Entremise ({frame.operator.name})&nbsp;:{' '}
          <span className="unbroken">{frame.operator.phone},</span> {frame.operator.email}
        </li>
      </ul>
    </Layout>
  );
}

function NoAccount() {
  return (
    <section className="keep-together">
      <h2>La personne n’a aucun compte</h2>
      <p>FranceConnect ne demande pas de créer un compte FranceConnect&nbsp;: il suffit d’un seul de ces comptes.</p>
      <ul>
        <li>
          <strong>impots.gouv.fr</strong>&nbsp;: avec le numéro fiscal, le numéro d’accès en ligne et le revenu fiscal
          de référence, écrits sur la déclaration ou l’avis d’impôt. Aide&nbsp;: 0&nbsp;809&nbsp;401&nbsp;401, ou le
          centre des finances publiques.
        </li>
        <li>
          <strong>ameli.fr</strong> (Assurance maladie)&nbsp;: avec la carte Vitale et un relevé d’identité bancaire.
          Aide&nbsp;: 36&nbsp;46, ou l’accueil de la caisse.
        </li>
        <li>
          <strong>MSA</strong>, pour les assurés du régime agricole. Aide&nbsp;: la caisse de MSA.
        </li>
        <li>
          <strong>L’Identité Numérique La&nbsp;Poste</strong> ou <strong>France Identité</strong>&nbsp;: avec une pièce
          d’identité et un téléphone mobile.
        </li>
      </ul>
    </section>
  );
}

function Forgotten() {
  return (
    <section className="keep-together">
      <h2>La personne a oublié son mot de passe</h2>
      <p>
        Sur le site de son compte, elle choisit «&nbsp;mot de passe oublié&nbsp;». Le lien arrive dans sa boîte e-mail
        ou sur son téléphone. Elle tape le nouveau mot de passe elle-même. Vous ne le notez pas.
      </p>
    </section>
  );
}

function NoMatch() {
  return (
    <section className="keep-together">
      <h2>FranceConnect dit que les informations ne correspondent pas</h2>
      <p>
        FranceConnect compare l’état civil du compte avec le registre national. Le plus souvent, un nom, un prénom ou un
        lieu de naissance est mal écrit dans le compte.
      </p>
      <ul>
        <li>La personne peut essayer avec un autre compte.</li>
        <li>
          Elle demande la correction à l’organisme qui tient le compte (impôts, Assurance maladie, MSA…), avec une pièce
          d’identité ou un acte de naissance.
        </li>
        <li>
          Si l’erreur est dans le registre national, elle demande la correction à l’Insee, sur le site insee.fr, ou à la
          mairie de naissance.
        </li>
      </ul>
    </section>
  );
}

function Down({ until }: { until: string }) {
  return (
    <section className="keep-together">
      <h2>FranceConnect est en panne</h2>
      <p>
        Attendez un peu, puis recommencez.{' '}
        <span className="screen-only">La préparation est gardée jusqu’au {until}. </span>
        Sinon, prenez un autre rendez-vous.
      </p>
    </section>
  );
}
