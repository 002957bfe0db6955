import { InputError } from '../../lib/errors';
import { commands } from './commands';
import { oneLine, progress } from './output';

const names = (): string => Object.keys(commands).join(', ');

function help(): string {
  const lines = Object.entries(commands).map(([name, { usage, summary }]) => `  ${name} ${usage}\n      ${summary}`);
  return `lab COMMAND …: results as JSON on stdout, progress on stderr\n\n${lines.join('\n')}\n`;
}

async function main([name, ...argv]: readonly string[]): Promise<number> {
  if (name === 'help' || name === '--help' || name === '-h') {
    process.stdout.write(help());
    return 0;
  }
  if (name === undefined) throw new InputError(`lab: no command, expected one of ${names()}`);
  const command = Object.hasOwn(commands, name) ? commands[name] : undefined;
  if (command === undefined) throw new InputError(`lab: unknown command ${name}, expected one of ${names()}`);
  if (argv[0] === '--help') {
    process.stdout.write(`lab ${name} ${command.usage}\n    ${command.summary}\n`);
    return 0;
  }
  const { default: run } = await command.load();
  return run(argv);
}

/**
 * Runs the command and returns its exit code: 0 done, 1 the answer is no, 2 bad input (one line on stderr), 3 a bug
 * (with its stack).
 */
async function exitCode(): Promise<number> {
  try {
    return await main(process.argv.slice(2));
  } catch (error) {
    if (error instanceof InputError) {
      progress(error.message);
      return 2;
    }
    progress(`lab: a fault of the program: ${oneLine(String(error))}`);
    if (error instanceof Error && error.stack !== undefined) process.stderr.write(`${error.stack}\n`);
    return 3;
  }
}

process.exit(await exitCode());
