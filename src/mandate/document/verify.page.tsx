import { html, redirect, refusedForm } from '#platform/http/reply.ts';
import type { Page } from '#platform/http/route.ts';
import { normaliseCrockford } from '#platform/ids/ids.ts';
import { inWords } from '#platform/time/paris.ts';
import { VerifyPage, type VerifyResult } from '#views/mandate/document/verify.tsx';
import { type CheckedMandate, checkMandate } from './check-mandate.ts';
import { STOP, VERIFY, verifyPath } from './document.paths.ts';
import { isMandateNumber } from './stop.rules.ts';

/** Where a number is typed; a right one leads to its own address, the same as the QR's. */
export const verifyPage: Page<unknown> = async ({ frame, query }) => {
  const { numero } = query;
  if (numero === undefined) return html(<VerifyPage frame={frame} typed="" result={null} stopHref={STOP} />);
  const number = normaliseCrockford(numero);
  if (isMandateNumber(number)) return redirect(verifyPath(number));
  const error = numero.trim() === '' ? 'Tapez le numéro du mandat' : 'Un numéro de mandat a 16 lettres et chiffres';
  return refusedForm(
    <VerifyPage frame={frame} typed={numero.slice(0, 40)} result={null} stopHref={STOP} errors={{ numero: error }} />,
  );
};

/** Whether the mandate of this number is true and in force: for anyone who holds the paper. */
export const verifiedPage: Page<unknown> = async ({ ctx, frame, params }) => {
  const number = normaliseCrockford(params.number ?? '');
  if (!isMandateNumber(number)) return redirect(`${VERIFY}?numero=${encodeURIComponent(params.number ?? '')}`);
  const checked = await checkMandate(ctx, number);
  const wrong = LOGGED[checked.outcome];
  if (wrong) ctx.logger.error(wrong);
  const view = <VerifyPage frame={frame} typed={number} result={resultOf(checked, number)} stopHref={STOP} />;
  return html(view, checked.outcome === 'unknown' ? 404 : 200);
};

const LOGGED: Readonly<Record<CheckedMandate['outcome'], string | null>> = {
  ...{ authentic: null, unknown: null },
  altered: 'a mandate does not match its seal',
  unverifiable: 'a mandate cannot be verified: the key of its seal is not in ENTREMISE_KEYS, or its version is unknown',
};

function resultOf(checked: CheckedMandate, number: string): VerifyResult {
  if (checked.outcome !== 'authentic') return { outcome: checked.outcome, number };
  const { initials, startsAt, endsAt, state, overSince, themes, openThemes } = checked;
  return {
    outcome: 'authentic',
    number,
    initials,
    state,
    startsAt: inWords(startsAt),
    endsAt: inWords(endsAt),
    overSince: overSince && inWords(overSince),
    themes,
    openThemes,
  };
}
