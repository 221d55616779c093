import type { z } from 'zod';
import type { EventKind } from '#journal';

type Schema = z.core.$ZodType;
type Def = {
  type: string;
  format?: string;
  checks?: { _zod: { def: { check: string; format?: string } } }[];
  shape?: Record<string, Schema>;
  catchall?: Schema;
  element?: Schema;
  innerType?: Schema;
  options?: Schema[];
};

const SAFE_FORMATS = new Set(['uuid', 'guid', 'datetime', 'date', 'time', 'regex', 'base64url']);

/**
 * What in the clear part of these kinds could carry free text or a person's data, as « kind: path, why »: a text without a
 * closed form, an e-mail, a record, anything. Such values belong in `committed`.
 */
export function openPartsOf(kinds: readonly EventKind[]): string[] {
  return kinds.flatMap((kind) => faults(kind.clear, `${kind.kind}@${kind.version}: clear`));
}

function faults(schema: Schema, path: string): string[] {
  const def = schema._zod.def as unknown as Def;
  switch (def.type) {
    case 'enum':
    case 'literal':
    case 'boolean':
    case 'number':
      return [];
    case 'string':
      return isClosedText(def) ? [] : [`${path} is free text`];
    case 'array':
      return def.element ? faults(def.element, `${path}[]`) : [];
    case 'optional':
    case 'default':
    case 'readonly':
      return def.innerType ? faults(def.innerType, path) : [];
    case 'union':
      return (def.options ?? []).flatMap((option) => faults(option, path));
    case 'object':
      return [
        ...(def.catchall?._zod.def.type === 'never' ? [] : [`${path} is not a strict object`]),
        ...Object.entries(def.shape ?? {}).flatMap(([name, member]) => faults(member, `${path}.${name}`)),
      ];
    default:
      return [`${path} is a ${def.type}`];
  }
}

function isClosedText({ format, checks = [] }: Def): boolean {
  if (format) return SAFE_FORMATS.has(format);
  return checks.some(({ _zod: { def } }) => def.check === 'custom' || SAFE_FORMATS.has(def.format ?? ''));
}
