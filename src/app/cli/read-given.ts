import { parseArgs } from 'node:util';
import { type Command, CommandError, type Given, type Option } from './command.ts';

/** Reads what follows the name of a command. Throws a CommandError that names each option missing, unknown or doubled. */
export function readGiven(command: Command, args: readonly string[]): Given {
  const options = command.options ?? {};
  const { values, positionals } = parse(options, args);
  const names = command.arguments ?? [];
  const problems = [
    ...names.slice(positionals.length).map((name) => `${name} manque`),
    ...positionals.slice(names.length).map((extra) => `« ${extra} » est de trop`),
    ...Object.entries(options)
      .filter(([name, option]) => option.required && values[name] === undefined)
      .map(([name]) => `--${name} manque`),
    ...Object.entries(options)
      .filter(([name, option]) => !option.multiple && (values[name]?.length ?? 0) > 1)
      .map(([name]) => `--${name} est donné plusieurs fois`),
  ];
  if (problems.length > 0) throw new CommandError(`${problems.join('\n')}\n\n${usageOf(command)}`);
  return {
    text: (name) => textsOf(values[name])[0],
    list: (name) => textsOf(values[name]),
    flag: (name) => values[name]?.includes(true) ?? false,
    argument: (name) => positionals[names.indexOf(name)] ?? '',
  };
}

type Values = Record<string, (string | boolean)[] | undefined>;

function parse(options: Readonly<Record<string, Option>>, args: readonly string[]) {
  const described = Object.fromEntries(
    Object.entries(options).map(([name, { flag }]) => [
      name,
      { type: flag ? ('boolean' as const) : ('string' as const), multiple: true },
    ]),
  );
  try {
    const { values, positionals } = parseArgs({ args: [...args], options: described, allowPositionals: true });
    return { values: values as Values, positionals };
  } catch (error) {
    if (!(error instanceof TypeError) || !('code' in error)) throw error;
    const option = /'(?:-\w, )?(-{1,2}[^'\s=<]+)/.exec(error.message)?.[1] ?? '';
    if (error.code === 'ERR_PARSE_ARGS_UNKNOWN_OPTION') throw new CommandError(`option inconnue : ${option}`);
    throw new CommandError(`${option || 'option'} : valeur manquante ou mal écrite`);
  }
}

function textsOf(values: (string | boolean)[] | undefined): string[] {
  return (values ?? []).filter((value) => typeof value === 'string');
}

const HINT_COLUMN = 34;

/** How a command is typed, with what its arguments are and each of its options. */
export function usageOf({ name, summary, arguments: names = [], hints = {}, options = {} }: Command): string {
  const meanings = Object.entries(hints).map(([argument, hint]) => `  ${argument}`.padEnd(HINT_COLUMN) + hint);
  const lines = Object.entries(options).map(([option, { hint, required, multiple, flag }]) => {
    const rules = [required && 'obligatoire', multiple && 'plusieurs fois si besoin'].filter(Boolean).join(', ');
    const head = `  --${option}${flag ? '' : ' …'}`.padEnd(HINT_COLUMN);
    return `${head}${hint}${rules ? ` (${rules})` : ''}`;
  });
  return [
    `npm run cli -- ${[name, ...names].join(' ')}${lines.length ? ' [options]' : ''}`,
    `  ${summary}`,
    ...meanings,
    ...lines,
  ].join('\n');
}
