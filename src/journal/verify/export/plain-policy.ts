/**
 * A policy as an export has it: the lines that say something, one space between their items, without comments, which nothing
 * could bind.
 */
export function plainPolicy(text: string): string {
  const lines = text.split('\n').map((line) => line.trim().replace(/[ \t]+/g, ' '));
  return lines.map((line) => (line === '' || line.startsWith('#') ? '' : `${line}\n`)).join('');
}
