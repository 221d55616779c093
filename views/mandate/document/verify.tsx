import type { FieldErrors } from '#platform/http/form.ts';
import type { Frame } from '#platform/http/frame.ts';
import { ErrorSummary, Field } from '../../layout/form.tsx';
import { Layout } from '../../layout/layout.tsx';
import { CopyableNumber, Phone, SummaryList } from '../../layout/parts.tsx';

export type VerifyResult =
  | { outcome: 'unknown' | 'altered' | 'unverifiable'; number: string }
  | {
      outcome: 'authentic';
      number: string;
      initials: string;
      state: 'in-force' | 'suspended' | 'expired' | 'ended';
      startsAt: string;
      endsAt: string;
      overSince: string | null;
      themes: number;
      openThemes: number;
    };

export function VerifyPage({
  frame,
  typed,
  result,
  stopHref,
  errors,
}: {
  frame: Frame;
  typed: string;
  result: VerifyResult | null;
  stopHref: string;
  errors?: FieldErrors | undefined;
}) {
  return (
    <Layout
      frame={frame}
      title={result ? `${verdictOf(result)} – Vérifier un mandat` : 'Vérifier un mandat'}
      error={errors !== undefined}
    >
      <h1>Vérifier un mandat</h1>
      {result && <Result result={result} operator={frame.operator} />}
      <ErrorSummary errors={errors} />
      {result && <h2>Vérifier un autre numéro</h2>}
      <form className="form" method="get" action="/verifier" noValidate>
        <Field
          name="numero"
          label="Numéro du mandat"
          hint="Il est en haut du papier. Il a 16 lettres et chiffres. Les espaces ne comptent pas."
          value={result ? '' : typed}
          error={errors?.numero}
          maxLength={40}
          className="code-text"
        />
        <button type="submit" className="fr-btn">
          Vérifier
        </button>
      </form>
      <p className="quiet">
        Cette page dit si le mandat est vrai et s’il est en vigueur. Elle ne dit ni le nom de la personne, ni celui de
        la structure. Comparez les initiales et les dates avec le papier.
      </p>
      <p>
        C’est votre mandat et vous voulez l’arrêter&nbsp;? <a href={stopHref}>Arrêter un mandat</a>
      </p>
    </Layout>
  );
}

function Result({ result, operator }: { result: VerifyResult; operator: Frame['operator'] }) {
  if (result.outcome === 'authentic') return <Authentic {...result} />;
  return (
    <section className="verdict verdict--no" aria-labelledby="resultat" data-annonce tabIndex={-1}>
      <h2 id="resultat">{NOT_AUTHENTIC[result.outcome].title}</h2>
      <p>
        <CopyableNumber number={result.number} />
      </p>
      <p>{NOT_AUTHENTIC[result.outcome].text}</p>
      {result.outcome === 'unverifiable' && (
        <p>
          Appelez-nous avant de vous y fier&nbsp;: <Phone number={operator.phone} />.
        </p>
      )}
    </section>
  );
}

const NOT_AUTHENTIC = {
  unknown: {
    title: 'Ce numéro ne correspond à aucun mandat',
    text: 'Vérifiez le numéro sur le papier. S’il est bien tapé, ne vous fiez pas à ce papier.',
  },
  altered: {
    title: 'Ce mandat n’est pas authentique',
    text: 'Ce que nous gardons de ce mandat n’est plus ce qui a été scellé. Ne vous y fiez pas, et prévenez-nous.',
  },
  unverifiable: {
    title: 'Nous ne pouvons pas vérifier ce mandat',
    text: 'Nous connaissons ce numéro, mais nous ne pouvons pas dire si le papier est vrai. Cela vient de nous.',
  },
} as const;

function Authentic(result: Extract<VerifyResult, { outcome: 'authentic' }>) {
  const { state, overSince } = result;
  return (
    <section
      className={`verdict verdict--${overSince ? 'over' : 'yes'}`}
      aria-labelledby="resultat"
      data-annonce
      tabIndex={-1}
    >
      <h2 id="resultat">{TITLES[state]}</h2>
      <p>{overSince ? `Il est terminé depuis le ${overSince}.` : `Jusqu’au ${result.endsAt}.`}</p>
      <SummaryList
        rows={[
          { term: 'Numéro', value: <CopyableNumber number={result.number} /> },
          { term: 'Initiales de la personne', value: result.initials },
          { term: 'Commencé', value: `Le ${result.startsAt}` },
          { term: overSince ? 'Devait prendre fin' : 'Prend fin', value: `Le ${result.endsAt}` },
          { term: 'Thèmes autorisés', value: themesInWords(result) },
        ]}
      />
    </section>
  );
}

const TITLES = {
  'in-force': 'Ce mandat est authentique et en vigueur',
  suspended: 'Ce mandat est authentique, mais suspendu',
  expired: 'Ce mandat est authentique, mais il a expiré',
  ended: 'Ce mandat est authentique, mais il est terminé',
} as const;

function verdictOf(result: VerifyResult): string {
  return result.outcome === 'authentic' ? TITLES[result.state] : NOT_AUTHENTIC[result.outcome].title;
}

function themesInWords({ themes, openThemes, overSince }: Extract<VerifyResult, { outcome: 'authentic' }>): string {
  if (overSince) return `Plus aucun (${themes} au départ)`;
  return openThemes === themes ? String(themes) : `${openThemes} (${themes} au départ)`;
}
