import type { FieldErrors } from '#platform/http/form.ts';
import type { Frame } from '#platform/http/frame.ts';
import { ErrorSummary, Field, Form, RadioGroup, Submit } from '../../layout/form.tsx';
import { Layout } from '../../layout/layout.tsx';
import { BackLink, SummaryList } from '../../layout/parts.tsx';

export type EndValues = { cause: string; known: string; knownDay: string; knownHour: string };

export type EndProps = {
  frame: Frame;
  action: string;
  person: string;
  /** The title of the one theme to end; null for the whole mandate. */
  theme: string | null;
  lastTheme: boolean;
  themes: readonly string[];
  startedAt: string;
  endsAt: string;
  usagerHref: string;
  today: string;
  values: EndValues;
  errors?: FieldErrors | undefined;
};

export function EndPage(props: EndProps) {
  const { frame, person, theme, errors, values } = props;
  const title = theme ? 'Terminer un thème' : 'Terminer un mandat';
  return (
    <Layout frame={frame} title={`${title}${theme ? `\u00a0: ${theme}` : ''}, ${person}`} error={errors !== undefined}>
      <BackLink href={props.usagerHref}>{person}</BackLink>
      <h1>{title}</h1>
      <ErrorSummary errors={errors} />
      <SummaryList
        rows={[
          { term: 'Personne', value: person },
          { term: theme ? 'Thème à terminer' : 'Thèmes à terminer', value: theme ?? props.themes.join('\u00a0; ') },
          { term: 'Mandat commencé', value: `Le ${props.startedAt}` },
          { term: 'Prend fin', value: `Le ${props.endsAt}` },
        ]}
      />
      <p>{consequence(props)}</p>
      <Form frame={frame} action={props.action}>
        <RadioGroup
          name="cause"
          label={theme ? 'Pourquoi ce thème se termine-t-il\u00a0?' : 'Pourquoi ce mandat se termine-t-il\u00a0?'}
          options={theme ? CAUSES.slice(0, 2) : CAUSES}
          value={values.cause}
          error={errors?.cause}
        />
        <RadioGroup
          name="known"
          label={'Quand la structure l’a-t-elle su\u00a0?'}
          hint="Une lettre ou un appel peut être arrivé avant aujourd’hui."
          options={[
            { value: 'now', label: 'Maintenant' },
            { value: 'earlier', label: 'Plus tôt' },
          ]}
          value={values.known}
          error={errors?.known}
        />
        <EarlierMoment values={values} errors={errors} />
        <p>C’est immédiat et définitif. Pour agir de nouveau, il faudra un nouveau mandat.</p>
        <div className="actions">
          <Submit>{theme ? 'Terminer ce thème' : 'Terminer ce mandat'}</Submit>
          <a href={props.usagerHref}>Ne rien changer</a>
        </div>
      </Form>
    </Layout>
  );
}

function EarlierMoment({ values, errors }: Pick<EndProps, 'values' | 'errors'>) {
  return (
    <fieldset className="fr-fieldset">
      <legend className="fr-fieldset__legend fr-fieldset__legend--regular">Si c’est plus tôt, quand&nbsp;?</legend>
      <div className="field-pair">
        <Field
          name="knownDay"
          type="date"
          label="Jour"
          value={values.knownDay}
          error={errors?.knownDay}
          required="conditional"
          short
        />
        <Field
          name="knownHour"
          type="time"
          label="Heure"
          value={values.knownHour}
          error={errors?.knownHour}
          required="conditional"
          short
        />
      </div>
    </fieldset>
  );
}

function consequence({ theme, lastTheme }: EndProps): string {
  if (!theme)
    return 'Plus aucun aidant de la structure ne pourra se connecter au nom de cette personne avec ce mandat.';
  return lastTheme
    ? 'C’est le dernier thème de ce mandat\u00a0: le mandat se termine avec lui.'
    : 'Les autres thèmes du mandat continuent.';
}

const CAUSES = [
  { value: 'revoked-by-usager', label: 'La personne le demande', hint: 'Elle n’a pas à dire pourquoi.' },
  {
    value: 'renounced-by-organisation',
    label: 'La structure y renonce',
    hint: 'Elle doit en prévenir la personne (code civil, article\u00a02007).',
  },
  { value: 'deceased', label: 'La personne est décédée' },
  {
    value: 'protected',
    label: 'La personne est sous tutelle, curatelle ou sauvegarde de justice',
  },
];
