import type { Frame } from '#platform/http/frame.ts';
import { Layout } from '../layout/layout.tsx';

export function HomePage({ frame }: { frame: Frame }) {
  return (
    <Layout frame={frame} title="Accueil" wide above={<Hero frame={frame} />}>
      <div className="card-grid">
        <section className="card" aria-labelledby="particulier">
          <h2 id="particulier">Vous êtes un particulier</h2>
          <p>
            Vous n’avez pas de compte à créer ici. Si une structure vous aide avec un mandat, vous gardez la main&nbsp;:
          </p>
          <ul>
            <li>
              <a href="/verifier">Vérifier un mandat</a>&nbsp;: savoir s’il est vrai et s’il est en cours.
            </li>
            <li>
              <a href="/revoquer">Arrêter un mandat</a>&nbsp;: avec le code écrit sur votre exemplaire, à tout moment et
              sans donner de raison.
            </li>
            <li>
              <a href="/aide#usager">Comprendre vos droits</a> et savoir qui appeler.
            </li>
          </ul>
        </section>
        <section className="card" aria-labelledby="pres">
          <h2 id="pres">Trouver de l’aide près de chez vous</h2>
          <p>
            Allez dans une maison France services, à la mairie, au centre communal d’action sociale (CCAS) ou chez un
            conseiller numérique.
          </p>
          <p>
            Demandez&nbsp;: «&nbsp;Est-ce qu’un aidant peut faire la démarche avec moi, ou à ma place avec un
            mandat&nbsp;?&nbsp;» C’est gratuit.
          </p>
        </section>
        <section className="card" aria-labelledby="aidant">
          <h2 id="aidant">Vous êtes un aidant professionnel</h2>
          <p>
            Votre structure doit d’abord vous inscrire. Ensuite, vous préparez le mandat avec la personne, elle
            l’autorise, et vous vous connectez en son nom aux sites qui proposent FranceConnect.
          </p>
          <p>
            <a href="/aide#aidant">Voir comment cela se passe</a>
          </p>
        </section>
      </div>
    </Layout>
  );
}

function Hero({ frame }: { frame: Frame }) {
  return (
    <div className="hero">
      <div className="frame">
        <h1>Agir en ligne au nom d’une personne, avec son mandat</h1>
        <p className="lead">
          Entremise permet à un aidant professionnel de faire des démarches en ligne au nom d’une personne qui ne peut
          pas les faire seule. La personne choisit les thèmes et la durée, s’identifie avec FranceConnect et donne un
          mandat à la structure de l’aidant. Elle peut l’arrêter à tout moment, et chaque connexion faite en son nom est
          inscrite dans un journal.
        </p>
        <p className="actions">
          {frame.person ? (
            <a className="fr-btn fr-btn--lg" href="/mandats">
              Voir mes mandats
            </a>
          ) : (
            <a className="fr-btn fr-btn--lg" href="/connexion">
              Se connecter
            </a>
          )}
          <a className="fr-btn fr-btn--lg fr-btn--secondary" href="/verifier">
            Vérifier un mandat
          </a>
          <a className="fr-btn fr-btn--lg fr-btn--secondary" href="/revoquer">
            Arrêter un mandat
          </a>
        </p>
      </div>
    </div>
  );
}
