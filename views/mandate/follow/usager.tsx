import type { Frame } from '#platform/http/frame.ts';
import { Layout } from '../../layout/layout.tsx';
import { BackLink, Email, EmptyState, Notice, SummaryList } from '../../layout/parts.tsx';
import { type MandateCard, MandateCardView } from './mandate-card.tsx';
import { PagesNav } from './pages-nav.tsx';
import type { MandateListState } from './person-list.tsx';
import { type UseRow, UseTable } from './use-table.tsx';

export type UsagerProps = {
  frame: Frame;
  name: string;
  birthdate: string;
  /** Null when nothing is open between the structure and the person. */
  contacts: { email: string | null } | null;
  /** Null when the person has an address already, or none may be noted. */
  ownEmailHref: string | null;
  listHref: string;
  newMandateHref: string | null;
  groups: readonly { state: MandateListState; mandates: readonly MandateCard[] }[];
  uses: readonly UseRow[];
  olderUsesHref: string | null;
  newestUsesHref: string | null;
};

const GROUPS: Record<MandateListState, string> = {
  'en-vigueur': 'Mandats en vigueur',
  expires: 'Mandats expirés',
  termines: 'Mandats terminés',
};

export function UsagerPage(props: UsagerProps) {
  const { frame, name, groups, newMandateHref } = props;
  const shown = groups.filter(({ state, mandates }) => mandates.length > 0 || state === 'en-vigueur');
  return (
    <Layout frame={frame} title={name} wide>
      <BackLink href={props.listHref}>Mes mandats</BackLink>
      <div className="page-head">
        <h1>{name}</h1>
        {newMandateHref && (
          <a className="fr-btn fr-btn--secondary" href={newMandateHref}>
            Nouveau mandat
          </a>
        )}
      </div>
      <Contacts {...props} />
      {shown.map(({ state, mandates }) => (
        <section key={state} aria-labelledby={`groupe-${state}`}>
          <h2 id={`groupe-${state}`}>{GROUPS[state]}</h2>
          {mandates.map((mandate) => (
            <MandateCardView key={mandate.id} mandate={mandate} />
          ))}
          {mandates.length === 0 && (
            <EmptyState title="Aucun mandat n’est en vigueur.">
              <p>Votre structure ne peut pas agir au nom de cette personne. Il faut un nouveau mandat.</p>
            </EmptyState>
          )}
        </section>
      ))}
      <Connections {...props} />
    </Layout>
  );
}

function Contacts({ birthdate, contacts, ownEmailHref }: UsagerProps) {
  if (!contacts)
    return (
      <>
        <SummaryList rows={[{ term: 'Date de naissance', value: birthdate }]} />
        <p className="quiet">Le nom et la date de naissance sont ceux du dernier mandat.</p>
      </>
    );
  const { email } = contacts;
  return (
    <>
      <SummaryList
        rows={[
          { term: 'Date de naissance', value: birthdate },
          { term: 'Adresse e-mail', value: email ? <Email address={email} /> : 'Aucune' },
        ]}
      />
      {ownEmailHref && (
        <Notice severity="warning" title="FranceConnect demande une adresse e-mail">
          <p>
            Sans adresse e-mail à elle, cette personne ne peut pas être connectée en son nom. Si elle en a une,{' '}
            <a href={ownEmailHref}>notez son adresse</a>.
          </p>
        </Notice>
      )}
    </>
  );
}

function Connections({ uses, olderUsesHref, newestUsesHref }: UsagerProps) {
  return (
    <section aria-labelledby="connexions">
      <h2 id="connexions">Connexions au nom de la personne</h2>
      {uses.length > 0 ? (
        <>
          <p className="quiet">
            Entremise note chaque connexion. Le site est celui que l’aidant a déclaré. Ce qui est fait sur le site n’est
            pas connu.
          </p>
          <UseTable uses={uses} />
        </>
      ) : (
        <EmptyState title="Aucune connexion.">
          <p>
            Pour agir au nom de la personne, allez sur le site d’une administration, choisissez FranceConnect, puis
            Entremise.
          </p>
        </EmptyState>
      )}
      <PagesNav
        label="Pages des connexions"
        previousHref={newestUsesHref}
        nextHref={olderUsesHref}
        previous="Connexions les plus récentes"
        next="Connexions plus anciennes"
      />
    </section>
  );
}
