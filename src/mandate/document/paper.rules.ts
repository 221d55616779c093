import { z } from 'zod';
import { type FieldErrors, type Form, readForm, textOf } from '#platform/http/form.ts';
import { lineOfText } from '#platform/http/text-field.ts';
import { inWords } from '#platform/time/paris.ts';
import { NO_PAPER_REASONS, NO_PAPER_WORDS, type NoPaperReason } from './document.events.ts';

export type PaperAnswer = { paper: 'signed' } | { paper: 'none'; reason: NoPaperReason; note: string | null };

const answer = z.object({ paper: z.enum(['signed', 'none'], 'Dites si le mandat est signé sur papier') });
const reason = z.object({ reason: z.enum(NO_PAPER_REASONS, 'Dites pourquoi il n’y a pas de papier signé') });
const note = z.object({ note: lineOfText(200, 'Écrivez la raison') });

/** Reads « signé sur papier » or why not. The note counts only for another reason than those listed. */
export function readPaperForm(form: Form): { ok: true; value: PaperAnswer } | { ok: false; errors: FieldErrors } {
  const typed = { paper: textOf(form, 'paper'), reason: textOf(form, 'reason'), note: textOf(form, 'note') };
  const paper = readForm(answer, typed);
  if (!paper.ok) return paper;
  if (paper.value.paper === 'signed') return { ok: true, value: { paper: 'signed' } };
  const why = readForm(reason, typed);
  if (!why.ok) return why;
  if (why.value.reason !== 'other') return { ok: true, value: { paper: 'none', reason: why.value.reason, note: null } };
  const said = readForm(note, typed);
  return said.ok ? { ok: true, value: { paper: 'none', reason: 'other', note: said.value.note } } : said;
}

export type PaperState = {
  paper: string;
  paperReason: string | null;
  paperNote: string | null;
  paperRecordedAt: Date | null;
};

/** « Signé, un exemplaire remis (noté le …) », « Aucun : la personne ne peut pas signer », « Manquant ». */
export function paperInWords({ paper, paperReason, paperNote, paperRecordedAt }: PaperState): string {
  if (paper === 'missing' || !paperRecordedAt) return 'Manquant';
  const noted = `(noté le ${inWords(paperRecordedAt)})`;
  if (paper === 'signed') return `Signé, un exemplaire remis à la personne ${noted}`;
  return `Aucun\u00a0: ${paperNote ?? NO_PAPER_WORDS[paperReason as NoPaperReason]} ${noted}`;
}
