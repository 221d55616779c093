import { runCli } from './cli/run-cli.ts';

/** `npm run cli -- …`: what the operator does by hand. */
process.exitCode = await runCli(process.argv.slice(2), {
  env: process.env,
  out: (line) => console.log(line),
  say: (line) => console.error(line),
});
