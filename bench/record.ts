import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';

/** The output of a git command on this repository. */
export const git = (...args: string[]): string => execFileSync('git', args, { encoding: 'utf8' }).trim();

/** The short hash of the commit that is checked out. */
export const commitNow = (): string => git('rev-parse', '--short', 'HEAD');

/** The date in UTC, such as 2026-11-30. */
export const today = (): string => new Date().toISOString().slice(0, 10);

/** Writes the figures of a script into docs/results/NAME.json. */
export const writeRecord = (name: string, record: unknown): void =>
  writeFileSync(`docs/results/${name}.json`, `${JSON.stringify(record, null, 2)}\n`);
