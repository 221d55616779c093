import { z } from 'zod';
import { themes } from '#organisation';
import { notFound } from '#platform/http/errors.ts';
import { type FieldErrors, listOf, readForm, textOf } from '#platform/http/form.ts';
import { html, type Reply, redirect, refusedForm } from '#platform/http/reply.ts';
import { inWords } from '#platform/time/paris.ts';
import { ChooseTerms, type ChooseTermsProps } from '#views/mandate/conclude/choose-terms.tsx';
import { DURATION_WORDS, type Duration, durationsUpTo, endOf } from '../mandate.rules.ts';
import { chooseTerms } from './choose-terms.ts';
import { pathOfStep } from './conclude.paths.ts';
import type { Draft } from './draft.queries.ts';
import { isOpen, stepOf } from './draft.rules.ts';
import { type DraftRequest, draftOf, headerOf } from './draft-page.ts';

const NO_THEME = 'Choisissez au moins un thème.';
const UNKNOWN_THEME = 'Un des thèmes envoyés n’existe pas. Choisissez dans la liste.';
const CLOSED_THEME = 'Un des thèmes envoyés n’est pas ouvert à votre structure. Choisissez dans la liste.';
const NO_DURATION = 'Choisissez une durée.';
const UNKNOWN_DURATION = 'Cette durée n’existe pas. Choisissez dans la liste.';
const TOO_LONG = 'Cette durée est plus longue que ce que votre structure permet. Choisissez dans la liste.';

/** Page 1. Shows what was chosen, also after the person identified: changing one's mind must stay possible. */
export async function chooseTermsPage(request: DraftRequest): Promise<Reply> {
  const draft = await draftOf(request);
  const step = stepOf(draft, request.now);
  if (!isOpen(draft, request.now) || step === 'close-session') return redirect(pathOfStep(draft.id, step));
  const { filled } = request;
  const values = filled
    ? { themes: listOf(filled, 'themes'), duration: textOf(filled, 'duration') }
    : { themes: draft.themes, duration: draft.duration ?? '' };
  return html(view(request, draft, values));
}

export async function saveTermsPage(request: DraftRequest): Promise<Reply> {
  const { ctx, who, form, now } = request;
  const draft = await draftOf(request);
  const values = { themes: listOf(form, 'themes'), duration: textOf(form, 'duration') };
  const read = readForm(schemaFor(draft), values);
  if (!isOpen(draft, now)) return redirect(pathOfStep(draft.id, stepOf(draft, now)));
  if (!read.ok) return refusedForm(view(request, draft, values, read.errors));
  const chosen = await chooseTerms(ctx, { aidantId: who.aidantId, draftId: draft.id, ...read.value });
  if (chosen.ok) return redirect(pathOfStep(draft.id, chosen.step));
  if (chosen.reason === 'over') return redirect(pathOfStep(draft.id, stepOf(await draftOf(request), now)));
  throw notFound();
}

function schemaFor({ organisation }: Draft) {
  const known = themes.map(({ key }) => key);
  const all = durationsUpTo(null);
  const allowed = durationsUpTo(organisation.longestDuration);
  return z.object({
    themes: z
      .array(z.string())
      .min(1, NO_THEME)
      .refine((keys) => keys.every((key) => known.includes(key)), UNKNOWN_THEME)
      .refine((keys) => keys.every((key) => organisation.allowedThemes.includes(key)), CLOSED_THEME)
      .transform((keys) => known.filter((key) => keys.includes(key))),
    duration: z
      .string()
      .min(1, NO_DURATION)
      .refine((key): key is Duration => all.includes(key as Duration), UNKNOWN_DURATION)
      .refine((key) => allowed.includes(key), TOO_LONG),
  });
}

function view(
  { frame, who, now }: DraftRequest,
  draft: Draft,
  values: ChooseTermsProps['values'],
  errors?: FieldErrors,
) {
  const { organisation } = draft;
  const open = themes.filter(({ key }) => organisation.allowedThemes.includes(key));
  return (
    <ChooseTerms
      frame={frame}
      draft={headerOf(draft, who)}
      themes={open.map(({ key, title, description, serviceExamples }) => ({
        ...{ key, title, description },
        services: serviceExamples.join(', '),
      }))}
      someThemesClosed={open.length < themes.length}
      durations={durationsUpTo(organisation.longestDuration).map((key) => ({
        key,
        words: DURATION_WORDS[key],
        end: inWords(endOf(key, now)),
      }))}
      values={values}
      errors={errors}
      identified={draft.identifiedAt !== null}
    />
  );
}
