import { notFound } from '#platform/http/errors.ts';
import { textOf } from '#platform/http/form.ts';
import { html, redirect, refusedForm } from '#platform/http/reply.ts';
import type { Page, PageRequest } from '#platform/http/route.ts';
import { inGroups, normaliseCrockford } from '#platform/ids/ids.ts';
import { inWords } from '#platform/time/paris.ts';
import { ConfirmStopPage } from '#views/mandate/document/confirm-stop.tsx';
import { StopPage } from '#views/mandate/document/stop.tsx';
import { StoppedPage } from '#views/mandate/document/stopped.tsx';
import { checkMandate } from './check-mandate.ts';
import { CONFIRM_STOP, STOP, stoppedPath } from './document.paths.ts';
import { isMandateNumber, readStopForm } from './stop.rules.ts';
import { stopByCode, stopCodeHolds } from './stop-by-code.ts';

const NO_MATCH = 'Ce numéro et ce code d’arrêt ne vont pas ensemble. Relisez votre papier.';

/** Number and stop code: nothing more is asked of the person. */
export const stopPage: Page<unknown> = async (request) => html(stopView(request));

/** Says what will end, and asks once more. The code is all it takes: a mandate whose seal does not hold can be stopped too. */
export const stopPost: Page<unknown> = async (request) => {
  const { ctx, frame, form } = request;
  const read = readStopForm(form);
  if (!read.ok) return refusedForm(stopView(request, read.errors));
  if (!(await stopCodeHolds(ctx, read.value))) return refusedForm(stopView(request, { form: NO_MATCH }));
  const { number, code } = read.value;
  const mandate = await checkMandate(ctx, number);
  if (mandate.outcome === 'unknown') throw new Error('a mandate with a stop code has no theme');
  if (mandate.outcome !== 'authentic') ctx.logger.error('a mandate that is being stopped cannot be verified');
  if (mandate.overSince) return redirect(stoppedPath(number));
  return html(
    <ConfirmStopPage
      frame={frame}
      action={CONFIRM_STOP}
      backHref={STOP}
      number={number}
      stopCode={code}
      initials={mandate.outcome === 'authentic' ? mandate.initials : null}
      startsAt={inWords(mandate.startsAt)}
      endsAt={inWords(mandate.endsAt)}
      themes={mandate.openThemes}
    />,
  );
};

/** The second press: the mandate ends. */
export const confirmStopPost: Page<unknown> = async (request) => {
  const read = readStopForm(request.form);
  if (!read.ok) return refusedForm(stopView(request, read.errors));
  const stopped = await stopByCode(request.ctx, read.value);
  return stopped.ok ? redirect(stoppedPath(read.value.number)) : refusedForm(stopView(request, { form: NO_MATCH }));
};

/** The address of a confirmation, opened again later. */
export const confirmStopPage: Page<unknown> = async () => redirect(STOP);

/** Since when a mandate is over: what the public check says too, told to who has just ended it. */
export const stoppedPage: Page<unknown> = async ({ ctx, frame, params }) => {
  const number = normaliseCrockford(params.number ?? '');
  if (!isMandateNumber(number)) throw notFound();
  const mandate = await checkMandate(ctx, number);
  if (mandate.outcome === 'unknown' || !mandate.overSince) throw notFound();
  return html(<StoppedPage frame={frame} number={number} since={inWords(mandate.overSince)} />);
};

function stopView({ frame, form, filled }: PageRequest<unknown>, errors?: Readonly<Record<string, string>>) {
  const number = textOf(filled ?? form, 'number').slice(0, 60);
  const tidy = normaliseCrockford(number);
  return (
    <StopPage frame={frame} action={STOP} number={isMandateNumber(tidy) ? inGroups(tidy) : number} errors={errors} />
  );
}
