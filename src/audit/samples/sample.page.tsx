import type { AuditorAtWork } from '#identity';
import type { JournalRegistry } from '#journal';
import type { AppContext } from '#platform/context.ts';
import { notFound } from '#platform/http/errors.ts';
import { html, redirect } from '#platform/http/reply.ts';
import type { Page } from '#platform/http/route.ts';
import { momentOf, parisDay } from '#platform/time/paris.ts';
import { SamplePage, type SampleView } from '#views/audit/samples/sample.tsx';
import { gatherPath } from '../cases/case.paths.ts';
import { toldRows } from '../told-rows.ts';
import { recordReading } from '../unmask/record-reading.ts';
import { drawnPositions, drawPositions, POPULATION_KIND, seedOf, seedText } from './draw.rules.ts';
import { noteOf } from './draw-sample.ts';
import { periodBounds, periodInWords } from './period.rules.ts';
import { sampleRead, sampleTried } from './sample.events.ts';
import { SAMPLES } from './sample.paths.ts';
import { findSample, type SampleRow } from './sample.queries.ts';
import { POPULATION_LABELS, placeInWords, readAsked } from './sample.rules.ts';
import { type Drawn, trySample } from './try-sample.ts';

/**
 * What a draw would give, as long as no month is over: shown like a sample, called a try, kept nowhere. Asked amiss, or when a
 * sample can be drawn, it leads to the samples.
 */
export function trialPage({ registry }: { registry: JournalRegistry }): Page<AuditorAtWork> {
  return async ({ ctx, who, frame, query, now }) => {
    const { scope = '', population = '' } = query;
    const asked = readAsked({ period: parisDay(now).slice(0, 7), scope, population });
    const tried = asked && (await trySample(ctx, who, asked));
    if (tried?.ok === false && tried.reason === 'not-found') throw notFound();
    if (!tried?.ok) return redirect(tried?.reason === 'nobody' ? `${SAMPLES}?essai=rien` : SAMPLES);
    const { trial } = tried;
    const clear = {
      auditor: who.auditorId,
      scope,
      population,
      size: trial.checkpointSize,
      shown: trial.entryIds.length,
    };
    await recordReading(ctx, sampleTried.event({ actor: {}, result: 'ok', clear }));
    const entries = await inDrawnOrder(ctx, registry, who, trial.entryIds);
    const place = placeInWords(scope, entries[0]?.structure ?? null);
    const sample = {
      title: `Essai de tirage\u00a0: ${POPULATION_LABELS[trial.population].toLowerCase()}, ${place}, ${periodInWords(trial.period)}`,
      drawn: countedInWords(trial),
      ...{ made: null, entries, hidden: trial.entryIds.length - entries.length, caseHref: null },
      proof: proofOf(trial, await noteOf(ctx, trial)),
    };
    return html(<SamplePage frame={frame} sample={sample} />);
  };
}

async function inDrawnOrder(ctx: AppContext, registry: JournalRegistry, who: AuditorAtWork, ids: readonly string[]) {
  const order = new Map(ids.map((id, place) => [id, place]));
  const rows = await toldRows(ctx, registry, who, [...ids]);
  return rows.toSorted((one, other) => (order.get(one.id) ?? 0) - (order.get(other.id) ?? 0));
}

/** What was drawn, with what it takes to draw it again; computed again before it is shown. */
export function samplePage({ registry }: { registry: JournalRegistry }): Page<AuditorAtWork> {
  return async ({ ctx, who, frame, params }) => {
    const sample = await findSample(ctx.db, who, params.id ?? '');
    if (!sample) throw notFound();
    const clear = { auditor: who.auditorId, sample: sample.id };
    await recordReading(ctx, sampleRead.event({ actor: {}, result: 'ok', clear }));
    const entries = await inDrawnOrder(ctx, registry, who, sample.entryIds);
    const note = await noteOf(ctx, sample);
    return html(<SamplePage frame={frame} sample={viewOf(sample, entries, note)} />);
  };
}

function viewOf(
  sample: SampleRow,
  entries: SampleView['entries'],
  note: Awaited<ReturnType<typeof noteOf>>,
): SampleView {
  const { id, label, drawnBy, drawnAt, entryIds } = sample;
  return {
    title: `Tirage\u00a0: ${label}`,
    drawn: countedInWords(sample),
    ...{ made: { by: drawnBy, at: momentOf(drawnAt) }, entries },
    hidden: entryIds.length - entries.length,
    caseHref: gatherPath({ sample: id }),
    proof: proofOf(sample, note),
  };
}

function countedInWords({ positions, populationSize, isTrial }: Drawn): string {
  return positions.length === populationSize
    ? `Il n’y en a que ${populationSize}\u00a0: ${isTrial ? 'tout sort' : 'tout est à contrôler'}.`
    : `${positions.length} sur ${populationSize}, tirés au hasard.`;
}

function proofOf(sample: Drawn, note: Awaited<ReturnType<typeof noteOf>>): SampleView['proof'] {
  const { period, population, root, cosignatures, structures, populationSize, positions, checkpointSize } = sample;
  const { start, end } = periodBounds(period);
  const seed = seedOf(sample);
  const steps = drawPositions(seed, populationSize);
  return {
    size: String(checkpointSize),
    root: root.toString('hex'),
    cosignatures: cosignatures.toSorted(Buffer.compare).map((one) => one.toString('hex')),
    note: note?.note ?? null,
    closed: note?.closed ? { origin: note.closed.origin, at: momentOf(note.closed.closedAt) } : null,
    kind: POPULATION_KIND[population],
    ...{ from: start.toISOString(), to: end.toISOString(), structures },
    count: String(populationSize),
    seedText: seedText(sample),
    seed: seed.toString('hex'),
    steps: steps.map(({ counter, value, position }) => ({
      counter: String(counter),
      value: String(value),
      position: position === null ? 'écarté' : String(position),
    })),
    holds: JSON.stringify(drawnPositions(steps)) === JSON.stringify(positions),
  };
}
