import { Badge } from '@codegouvfr/react-dsfr/Badge';
import { CopyableNumber, SummaryList } from '../../layout/parts.tsx';
import { type CardTheme, CardThemes } from './card-themes.tsx';

export type { CardTheme };

export type MandateCard = {
  id: string;
  state: 'in-force' | 'suspended' | 'expired' | 'ended';
  number: string;
  /** The number as a name that is read aloud. */
  name: string;
  startedOn: string;
  duration: string;
  acceptedBy: string;
  /** The term, or when it ended. */
  end: string;
  soon: boolean;
  whyEnded: string | null;
  knownAt: string | null;
  themes: readonly CardTheme[];
  paper: string;
  documentHref: string;
  endHref: string | null;
  paperHref: string | null;
  receiptHref: string | null;
};

const END: Record<MandateCard['state'], string> = {
  'in-force': 'Prend fin',
  suspended: 'Prend fin',
  expired: 'A expiré',
  ended: 'Terminé',
};

/** One mandate with its themes and what can be done with it. */
export function MandateCardView({ mandate }: { mandate: MandateCard }) {
  return (
    <article className="mandate-card" aria-labelledby={`mandat-${mandate.id}`}>
      <h3 id={`mandat-${mandate.id}`}>
        Mandat du {mandate.startedOn} <State mandate={mandate} />
      </h3>
      <SummaryList
        rows={[
          { term: END[mandate.state], value: `Le ${mandate.end}` },
          ...(mandate.whyEnded
            ? [{ term: 'Pourquoi', value: <WhyEnded why={mandate.whyEnded} knownAt={mandate.knownAt} /> }]
            : []),
          { term: 'Durée choisie', value: mandate.duration },
          { term: 'Accepté pour la structure par', value: mandate.acceptedBy },
          {
            term: 'Papier',
            value: mandate.paper,
            ...(mandate.paperHref && {
              action: (
                <a href={mandate.paperHref}>
                  Compléter<span className="fr-sr-only"> le papier du mandat {mandate.name}</span>
                </a>
              ),
            }),
          },
          { term: 'Numéro', value: <CopyableNumber number={mandate.number} /> },
        ]}
      />
      <CardThemes themes={mandate.themes} />
      <Actions mandate={mandate} />
    </article>
  );
}

function State({ mandate }: { mandate: MandateCard }) {
  if (mandate.state === 'suspended')
    return (
      <Badge severity="info" small noIcon>
        Suspendu
      </Badge>
    );
  if (!mandate.soon) return null;
  return (
    <Badge severity="warning" small noIcon>
      Expire bientôt
    </Badge>
  );
}

function WhyEnded({ why, knownAt }: { why: string; knownAt: string | null }) {
  return (
    <>
      {why}
      {knownAt && (
        <>
          <br />
          La structure le savait depuis le {knownAt}.
        </>
      )}
    </>
  );
}

function Actions({ mandate }: { mandate: MandateCard }) {
  return (
    <p className="actions">
      <a className="fr-btn fr-btn--sm fr-btn--secondary" href={mandate.documentHref}>
        Voir le document<span className="fr-sr-only"> du mandat {mandate.name}</span>
      </a>
      {mandate.endHref && (
        <a className="fr-btn fr-btn--sm fr-btn--tertiary" href={mandate.endHref}>
          Terminer ce mandat<span className="fr-sr-only"> {mandate.name}</span>
        </a>
      )}
      {mandate.receiptHref && (
        <a className="fr-btn fr-btn--sm fr-btn--tertiary" href={mandate.receiptHref}>
          Papier de fin<span className="fr-sr-only"> du mandat {mandate.name}</span>
        </a>
      )}
    </p>
  );
}
