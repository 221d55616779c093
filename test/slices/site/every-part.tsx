import { Alert } from '@codegouvfr/react-dsfr/Alert';
import { Badge } from '@codegouvfr/react-dsfr/Badge';
import { DataTable } from '#views/layout/data-table.tsx';
import { Checkbox, CodeField, ErrorSummary, Field, Form, RadioGroup, Submit, TileChoice } from '#views/layout/form.tsx';
import { Layout } from '#views/layout/layout.tsx';
import {
  BackLink,
  CopyableNumber,
  Disclosure,
  EmptyState,
  Notice,
  PrintButton,
  SummaryList,
  ThemeTags,
  When,
} from '#views/layout/parts.tsx';
import { UsagerLayout } from '#views/layout/usager-layout.tsx';
import { frame, person } from './tiny-site.tsx';

const errors = {
  nom: 'Écrivez le nom de naissance.',
  themes: 'Choisissez au moins un thème.',
  duree: 'Choisissez une durée.',
  protege: 'Cochez la case pour continuer.',
  code: 'Attendez le code suivant.',
  form: 'Relisez, puis envoyez à nouveau.',
};

const themes = [
  { value: 'famille', label: 'Famille - Scolarité', description: 'CAF, naissance, Pacs, scolarité…' },
  { value: 'argent', label: 'Argent - Impôts', note: 'La personne signe elle-même un dossier de surendettement.' },
];

const durations = [
  { value: 'court', label: '1 jour', hint: 'jusqu’au lundi 23 novembre 2026 à 9 h 41' },
  { value: 'mois', label: '31 jours', hint: 'jusqu’au mercredi 23 décembre 2026 à 9 h 41' },
];

/** One page with every part of the site frame, for browsers and for eyes. */
export function EveryPart() {
  return (
    <Layout frame={{ ...frame, person, notice: 'code-accepte', path: '/mandats/nouveau' }} title="Parties" error>
      <BackLink href="/mandats">Retour à mes mandats</BackLink>
      <h1>Nouveau mandat</h1>
      <ErrorSummary errors={errors} />
      <Form frame={frame} action="/essai">
        <Field name="nom" label="Nom de naissance" hint="Tel qu’il est sur la pièce d’identité" error={errors.nom} />
        <Field name="courriel" type="email" label="Adresse e-mail" required={false} value="a@b.fr" />
        <TileChoice
          type="checkbox"
          name="themes"
          label="Pour quels thèmes ?"
          options={themes}
          value={['argent']}
          error={errors.themes}
        />
        <TileChoice type="radio" name="theme" label="Pour quel thème ?" options={themes} value="famille" />
        <RadioGroup name="duree" label="Durée" options={durations} value="mois" error={errors.duree} />
        <Checkbox
          name="protege"
          label="Ni tutelle, ni curatelle"
          hint="Déclaré par la personne"
          error={errors.protege}
        />
        <CodeField error={errors.code} />
        <div className="actions">
          <Submit>Accepter et enregistrer le mandat</Submit>
          <Submit secondary>Annuler</Submit>
        </div>
      </Form>
      <OtherParts />
    </Layout>
  );
}

function OtherParts() {
  return (
    <>
      <h2>Mandat</h2>
      <SummaryList
        rows={[
          { term: 'Personne', value: 'Marguerite Dupont-Leclerc', action: <a href="/x">Modifier la personne</a> },
          { term: 'Fin', value: <When iso="2026-12-23T08:41:00Z">mercredi 23 décembre 2026 à 9 h 41</When> },
          { term: 'Thèmes', value: <ThemeTags themes={['Famille', 'Argent']} /> },
          { term: 'Numéro', value: <CopyableNumber number="4F7K9QZ2MXC81TDB" /> },
        ]}
      />
      <Notice title="Ce mandat remplace un mandat en cours">Il finit quand celui-ci commence.</Notice>
      <Notice severity="warning">La personne n’a pas d’adresse e-mail.</Notice>
      <Alert small severity="success" description="C’est enregistré." />
      <EmptyState title="Aucun mandat en cours">
        <p>
          <a href="/mandats/nouveau">Faire un nouveau mandat</a>
        </p>
      </EmptyState>
      <Disclosure summary="Pourquoi cette question ?">Parce que la loi le demande.</Disclosure>
      <p>
        <Badge severity="success">En cours</Badge> <Badge severity="warning">Expire bientôt</Badge>{' '}
        <Badge>Terminé</Badge>
      </p>
      <DataTable
        caption="Mandats en cours"
        headers={['Personne', 'Thèmes', 'Fin']}
        rows={[{ id: '1', cells: ['Marguerite Dupont', 'Famille, Logement', '23/12/2026 à 09:41'] }]}
      />
      <div className="actions">
        <PrintButton />
      </div>
    </>
  );
}

export function UsagerPage() {
  return (
    <UsagerLayout
      frame={{ ...frame, person }}
      title="Ce que vous autorisez"
      giveBack={<a href="/mandats">Rendre l’écran à l’aidant</a>}
    >
      <h1>Ce que vous autorisez</h1>
      <p>J’autorise le CCAS de Romilly à faire des démarches en ligne en mon nom.</p>
      <ul>
        <li>Famille - Scolarité</li>
        <li>Logement</li>
      </ul>
      <h2>Je peux arrêter à tout moment</h2>
      <Form frame={frame} action="/essai">
        <Submit>Oui</Submit>
        <Submit secondary>Non</Submit>
      </Form>
    </UsagerLayout>
  );
}

/** A page of a person at work, with a form whose answer never comes. */
export function WorkPage() {
  return (
    <Layout frame={{ ...frame, person }} title="Travail">
      <h1>Travail</h1>
      <Form frame={frame} action="/lent">
        <Submit>Enregistrer</Submit>
      </Form>
    </Layout>
  );
}
