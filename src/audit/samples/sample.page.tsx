import type { AuditorAtWork } from '#identity';
import type { JournalRegistry } from '#journal';
import { notFound } from '#platform/http/errors.ts';
import { html } from '#platform/http/reply.ts';
import type { Page } from '#platform/http/route.ts';
import { momentOf } from '#platform/time/paris.ts';
import { SamplePage, type SampleView } from '#views/audit/samples/sample.tsx';
import { gatherPath } from '../cases/case.paths.ts';
import { toldRows } from '../told-rows.ts';
import { recordReading } from '../unmask/record-reading.ts';
import { drawnPositions, drawPositions, POPULATION_KIND, seedOf, seedText } from './draw.rules.ts';
import { noteOf } from './draw-sample.ts';
import { periodBounds } from './period.rules.ts';
import { sampleRead } from './sample.events.ts';
import { findSample, type SampleRow } from './sample.queries.ts';

/** What was drawn, with what it takes to draw it again; computed again before it is shown. */
export function samplePage({ registry }: { registry: JournalRegistry }): Page<AuditorAtWork> {
  return async ({ ctx, who, frame, params }) => {
    const sample = await findSample(ctx.db, who, params.id ?? '');
    if (!sample) throw notFound();
    const clear = { auditor: who.auditorId, sample: sample.id };
    await recordReading(ctx, sampleRead.event({ actor: {}, result: 'ok', clear }));
    const rows = await toldRows(ctx, registry, who, sample.entryIds);
    const note = await noteOf(ctx, sample);
    const order = new Map(sample.entryIds.map((id, place) => [id, place]));
    const entries = rows.toSorted((one, other) => (order.get(one.id) ?? 0) - (order.get(other.id) ?? 0));
    return html(<SamplePage frame={frame} sample={viewOf(sample, entries, note)} />);
  };
}

function viewOf(
  sample: SampleRow,
  entries: SampleView['entries'],
  note: Awaited<ReturnType<typeof noteOf>>,
): SampleView {
  const { id, label, positions, populationSize, drawnBy, drawnAt, entryIds } = sample;
  const drawn = positions.length;
  return {
    title: `Tirage\u00a0: ${label}`,
    drawn:
      drawn === populationSize
        ? `Il n’y en a que ${populationSize}\u00a0: tout est à contrôler.`
        : `${drawn} sur ${populationSize}, tirés au hasard.`,
    ...{ drawnBy, drawnAt: momentOf(drawnAt), entries },
    hidden: entryIds.length - entries.length,
    caseHref: gatherPath({ sample: id }),
    proof: proofOf(sample, note),
  };
}

function proofOf(sample: SampleRow, note: Awaited<ReturnType<typeof noteOf>>): SampleView['proof'] {
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
