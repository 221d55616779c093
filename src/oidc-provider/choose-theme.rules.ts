import { z } from 'zod';
import { LONGEST_SITE } from '#mandate';
import { themeOf } from '#organisation';
import { type FieldErrors, type Form, readForm, textOf } from '#platform/http/form.ts';
import { lineOfText } from '#platform/http/text-field.ts';

/** Must be the value that the view gives to « Un autre site ». */
export const OTHER_SITE = '_autre';

export type ThemeChoice = { theme: string; site: string };

const NO_THEME = 'Choisissez un thème';
const NO_SITE = 'Choisissez le site où vous allez, ou écrivez son nom';
const TWO_SITES = 'Choisissez un site de la liste ou écrivez-en un autre, pas les deux';

/** Names of sites to offer for these themes, each once. */
export function sitesOf(themes: readonly string[]): string[] {
  return [...new Set(themes.flatMap((theme) => themeOf(theme)?.serviceExamples ?? []))];
}

/** What the aidant chose among the themes that were offered. The site is one of the list, or a name they wrote. */
export function readThemeChoice(
  form: Form,
  open: readonly string[],
): { ok: true; value: ThemeChoice } | { ok: false; errors: FieldErrors } {
  const schema = z.object({ theme: z.string({ error: NO_THEME }).refine((theme) => open.includes(theme), NO_THEME) });
  const theme = readForm(schema, { theme: textOf(form, 'theme') });
  const site = readSite(form, sitesOf(open));
  if (theme.ok && site.ok) return { ok: true, value: { ...theme.value, site: site.site } };
  return { ok: false, errors: { ...(!theme.ok && theme.errors), ...(!site.ok && site.errors) } };
}

function readSite(
  form: Form,
  offered: readonly string[],
): { ok: true; site: string } | { ok: false; errors: FieldErrors } {
  const chosen = textOf(form, 'site');
  const written = textOf(form, 'otherSite').trim();
  const listed = offered.includes(chosen);
  if (listed && written === '') return { ok: true, site: chosen };
  if (listed) return { ok: false, errors: { otherSite: TWO_SITES } };
  if (written === '') {
    return { ok: false, errors: chosen === OTHER_SITE ? { otherSite: 'Écrivez le nom du site' } : { site: NO_SITE } };
  }
  const read = readForm(z.object({ otherSite: lineOfText(LONGEST_SITE, NO_SITE) }), { otherSite: written });
  return read.ok ? { ok: true, site: read.value.otherSite } : read;
}
