import { verifyFromCommandLine } from './journal-verify/command-line.ts';

// who reads the beginning alone (« | head ») closes the pipe: what was found is still the status
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
});
process.exitCode = verifyFromCommandLine(process.argv.slice(2), (line) => process.stdout.write(`${line}\n`));
