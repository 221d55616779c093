import { runCli } from './cli/run-cli.ts';

// who reads the beginning alone (« | head ») closes the pipe: the status stays that of the command
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
  });
}

/** `npm run cli -- …`: what the operator does by hand. */
process.exitCode = await runCli(process.argv.slice(2), {
  env: process.env,
  out: (line) => console.log(line),
  say: (line) => console.error(line),
});
