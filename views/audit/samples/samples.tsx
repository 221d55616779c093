import type { FieldErrors } from '#platform/http/form.ts';
import type { Frame } from '#platform/http/frame.ts';
import { DataTable } from '../../layout/data-table.tsx';
import { ErrorSummary, Form, RadioGroup, Submit } from '../../layout/form.tsx';
import { Layout } from '../../layout/layout.tsx';
import { EmptyState, When } from '../../layout/parts.tsx';
import { type Choice, Select } from '../search/select.tsx';

export type SampleLine = {
  id: string;
  href: string;
  label: string;
  drawn: string;
  iso: string;
  drawnAt: string;
  drawnBy: string;
};

export type SamplesProps = {
  frame: Frame;
  samples: readonly SampleLine[];
  periods: readonly Choice[];
  /** Since when the journal is written (null: not yet), its first month, and from when that one can be drawn; once one can, null. */
  firstDraw: { began: string | null; month: string; from: string } | null;
  places: readonly Choice[];
  populations: readonly { value: string; label: string }[];
  values: { period: string; scope: string; population: string };
  errors: FieldErrors;
};

/** Draw a sample, and those that were drawn. */
export function SamplesPage(props: SamplesProps) {
  const { frame, samples, errors } = props;
  return (
    <Layout frame={frame} title="Tirages" wide error={Object.keys(errors).length > 0}>
      <h1>Tirages</h1>
      <p className="lead">
        Un tirage choisit au hasard des mandats ou des connexions à contrôler. Ni vous ni l’exploitant ne choisissez, et
        chacun peut refaire le calcul.
      </p>
      <ErrorSummary errors={errors} />
      <div className="site-main__column">
        {props.firstDraw ? <NotYet {...props} firstDraw={props.firstDraw} /> : <DrawForm {...props} />}
      </div>
      <h2>Tirages déjà faits</h2>
      {samples.length === 0 ? (
        <EmptyState title="Aucun tirage n’a été fait dans votre périmètre." />
      ) : (
        <DataTable
          caption="Tirages déjà faits"
          captionHidden
          headers={['Tirage', 'Tirés', 'Fait', 'Par']}
          rows={samples.map((one) => ({
            id: one.id,
            cells: [
              <a key="link" href={one.href}>
                {one.label}
              </a>,
              one.drawn,
              <When key="when" iso={one.iso}>
                {one.drawnAt}
              </When>,
              one.drawnBy,
            ],
          }))}
        />
      )}
    </Layout>
  );
}

type NotYetProps = SamplesProps & { firstDraw: NonNullable<SamplesProps['firstDraw']> };

/** From when a first draw is possible, and a try meanwhile. */
function NotYet(props: NotYetProps) {
  const { began, month, from } = props.firstDraw;
  return (
    <>
      <p>
        {began
          ? `Ce journal est écrit depuis le ${began}. Un mois se tire quand il est fini`
          : 'Rien n’est encore écrit dans ce journal. Un mois se tire quand il est fini'}
        , et que les témoins ont cosigné tout ce qui y a été écrit. Le premier tirage, celui de {month}, sera possible à
        partir du <strong>{from}</strong>.
      </p>
      <h2>Essayer en attendant</h2>
      <p>
        Un essai tire parmi ce qui est déjà publié ce mois-ci, par le même calcul. Il ne compte pas, n’est pas gardé, et
        ne dit rien de ce qui sera tiré.
      </p>
      <form className="form" method="get" action="/auditeur/tirages/essai">
        <WhereAndWhat {...props} />
        <Submit secondary>Essayer</Submit>
      </form>
    </>
  );
}

function DrawForm(props: SamplesProps) {
  const { frame, periods, values, errors } = props;
  return (
    <Form frame={frame} action="/auditeur/tirages">
      <Select name="period" label="Mois" choices={periods} value={values.period} error={errors.period} />
      <WhereAndWhat {...props} />
      <p className="quiet">
        Un mois doit être fini, et tout ce qui y a été écrit doit avoir été cosigné par les témoins. Le premier tirage
        est gardé&nbsp;: le demander une seconde fois montre le même.
      </p>
      <Submit>Tirer</Submit>
    </Form>
  );
}

function WhereAndWhat({ places, populations, values, errors }: SamplesProps) {
  return (
    <>
      <Select
        name="scope"
        label="Structure, ou département"
        choices={places}
        value={values.scope}
        error={errors.scope}
      />
      <RadioGroup
        name="population"
        label="Ce qui est tiré"
        options={populations}
        value={values.population}
        error={errors.population}
      />
    </>
  );
}
