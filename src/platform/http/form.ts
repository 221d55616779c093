import type { z } from 'zod';

/** A posted form: each field has one text or several. */
export type Form = Readonly<Record<string, string | readonly string[]>>;
export type FieldErrors = Readonly<Record<string, string>>;

/** Never kept, never shown again: what proves that someone is there. */
const SECRET_FIELDS = new Set(['_csrf', 'code', 'stopCode']);

/** What was typed in a field; its first text when it has several, '' when it has none. */
export function textOf(form: Form | null | undefined, name: string): string {
  const value = form?.[name];
  return typeof value === 'string' ? value : (value?.[0] ?? '');
}

/** Every text of a field: the boxes ticked under one name. */
export function listOf(form: Form | null | undefined, name: string): string[] {
  const value = form?.[name];
  if (value === undefined) return [];
  return typeof value === 'string' ? [value] : [...value];
}

/** The form without its secret fields. */
export function withoutSecrets(form: Form): Form {
  return Object.fromEntries(Object.entries(form).filter(([name]) => !SECRET_FIELDS.has(name)));
}

/** The posted form read by a schema: its value, or one French message per field that does not hold. */
export function readForm<Schema extends z.ZodType>(
  schema: Schema,
  form: Record<string, unknown>,
): { ok: true; value: z.output<Schema> } | { ok: false; errors: FieldErrors } {
  const parsed = schema.safeParse(form);
  if (parsed.success) return { ok: true, value: parsed.data };
  const errors: Record<string, string> = {};
  for (const issue of parsed.error.issues) errors[String(issue.path[0] ?? 'form')] ??= issue.message;
  return { ok: false, errors };
}

/** Express leaves a body as it was parsed; anything that is not flat text is dropped here. */
export function formOf(body: unknown): Form {
  if (typeof body !== 'object' || body === null) return {};
  const flat = Object.entries(body).filter(
    ([, value]) =>
      typeof value === 'string' || (Array.isArray(value) && value.every((item) => typeof item === 'string')),
  );
  return Object.fromEntries(flat);
}
