import type { AuditorAtWork } from '#identity';
import { type FieldErrors, type Form, textOf } from '#platform/http/form.ts';
import { html, redirect, refusedForm } from '#platform/http/reply.ts';
import type { Page, PageRequest } from '#platform/http/route.ts';
import { inDigits, inWords, parisDay } from '#platform/time/paris.ts';
import { type SampleLine, SamplesPage } from '#views/audit/samples/samples.tsx';
import { recordReading } from '../unmask/record-reading.ts';
import { POPULATIONS } from './draw.rules.ts';
import { type DrawnSample, drawSample } from './draw-sample.ts';
import { drawableMonths, periodBounds, periodInWords } from './period.rules.ts';
import { samplesListed } from './sample.events.ts';
import { samplePath } from './sample.paths.ts';
import { firstWritten, listSamples, listStructures, type SampleRow } from './sample.queries.ts';
import { POPULATION_LABELS, readAsked } from './sample.rules.ts';

type Asked = PageRequest<AuditorAtWork>;

/** Draw, and what was drawn. */
export const samplesPage: Page<AuditorAtWork> = async (request) =>
  html(await view(request, request.filled, request.query.essai === 'rien' ? NOTHING_TO_TRY : {}));

const NOTHING_TO_TRY: FieldErrors = {
  scope: 'Rien de tel n’est encore publié pour ce lieu ce mois-ci\u00a0: choisissez-en un autre.',
};

const REFUSALS: Readonly<Record<(DrawnSample & { ok: false })['reason'], FieldErrors>> = {
  'not-found': { scope: 'Choisissez une structure ou un département de votre périmètre.' },
  'not-over': { period: 'Ce mois n’est pas fini\u00a0: le tirage se fait quand plus rien ne peut s’y ajouter.' },
  'not-published': {
    period: 'Tout ce mois n’est pas encore cosigné par les témoins\u00a0: revenez quand le journal est publié.',
  },
  nobody: { form: 'Le journal n’a rien de tel pour ce mois et ce lieu\u00a0: il n’y a rien à tirer.' },
};

export const samplesPost: Page<AuditorAtWork> = async (request) => {
  const { ctx, who, form } = request;
  const asked = readAsked(valuesOf(form));
  if (!asked) return refusedForm(await view(request, form, wrongWords(form)));
  const drawn = await drawSample(ctx, who, asked);
  return drawn.ok
    ? redirect(samplePath(drawn.sampleId))
    : refusedForm(await view(request, form, REFUSALS[drawn.reason]));
};

const valuesOf = (form: Form | null) => ({
  period: textOf(form, 'period'),
  scope: textOf(form, 'scope'),
  population: textOf(form, 'population'),
});

function wrongWords(form: Form): FieldErrors {
  if (!textOf(form, 'population')) return { population: 'Choisissez ce qui est tiré.' };
  return { form: 'Choisissez un mois, un lieu et ce qui est tiré dans les listes.' };
}

async function view({ ctx, who, frame, now }: Asked, form: Form | null, errors: FieldErrors = {}) {
  const structures = await listStructures(ctx.db, who);
  const samples = await listSamples(ctx.db, who);
  const clear = { auditor: who.auditorId, shown: samples.length };
  await recordReading(ctx, samplesListed.event({ actor: {}, result: 'ok', clear }));
  const first = await firstWritten(ctx.db);
  const periods = drawableMonths(first, now).map((value) => ({ value, label: periodInWords(value) }));
  const departements = [...new Set(structures.map(({ departement }) => departement))];
  const places = [
    ...departements.map((code) => ({
      value: `departement:${code}`,
      label: `Département ${code}, toutes les structures`,
    })),
    ...structures.map(({ id, name, departement }) => ({ value: `structure:${id}`, label: `${name} (${departement})` })),
  ];
  const values = valuesOf(form);
  return (
    <SamplesPage
      frame={frame}
      samples={samples.map(lineOf)}
      firstDraw={periods.length === 0 ? firstDrawOf(first ?? now, first !== null) : null}
      periods={periods}
      places={places}
      populations={POPULATIONS.map((value) => ({ value, label: POPULATION_LABELS[value] }))}
      values={{
        period: values.period || (periods[0]?.value ?? ''),
        scope: values.scope || (places[0]?.value ?? ''),
        population: values.population,
      }}
      errors={errors}
    />
  );
}

/** From when a month can be drawn, in a log that has none yet: its first one, once it is over. */
function firstDrawOf(first: Date, hasBegun: boolean): { began: string | null; month: string; from: string } {
  const month = parisDay(first).slice(0, 7);
  const { end } = periodBounds(month);
  return { began: hasBegun ? inWords(first) : null, month: periodInWords(month), from: inWords(end) };
}

function lineOf({ id, label, positions, populationSize, drawnAt, drawnBy }: SampleRow): SampleLine {
  const name = label.charAt(0).toUpperCase() + label.slice(1);
  return {
    ...{ id, label: name, drawnBy, href: samplePath(id) },
    drawn: `${positions.length} sur ${populationSize}`,
    iso: drawnAt.toISOString(),
    drawnAt: inDigits(drawnAt),
  };
}
