import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** The address of the page with a session in its fragment, made by the command line. */
export function linkOf(session: object): string {
  const folder = mkdtempSync(join(tmpdir(), 'link-'));
  try {
    const file = join(folder, 'session.json');
    writeFileSync(file, JSON.stringify(session));
    const answer = execFileSync(process.execPath, ['scripts/lab.mjs', 'share', file], { encoding: 'utf8' });
    return `./${/#[\w-]+/.exec(answer)![0]}`;
  } finally {
    rmSync(folder, { recursive: true });
  }
}
