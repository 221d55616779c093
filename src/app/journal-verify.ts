import { verifyFromCommandLine } from './journal-verify/command-line.ts';

process.exitCode = verifyFromCommandLine(process.argv.slice(2), (line) => process.stdout.write(`${line}\n`));
