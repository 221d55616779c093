import { parseEnv } from 'node:util';

/**
 * The text of an environment file, as `node --env-file` and `npm run cli -- --demo` read it. Throws for a value that such a file
 * cannot hold: one with every kind of quote in it.
 */
export function environmentFile(environment: Readonly<Record<string, string>>): string {
  const lines = Object.entries(environment).map(([name, value]) => {
    const quote = [`'`, '"', '`'].find((one) => parseEnv(`${name}=${one}${value}${one}`)[name] === value);
    if (quote === undefined) throw new RangeError(`${name} cannot be written in an environment file`);
    return `${name}=${quote}${value}${quote}\n`;
  });
  return lines.join('');
}
