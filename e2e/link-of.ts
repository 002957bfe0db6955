import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { PartialSession } from '../src/config/session';

/** The fragment of a session's link, as the command line writes it. */
export function linkOf(session: PartialSession): string {
  const folder = mkdtempSync(join(tmpdir(), 'search-r3-lab-'));
  const file = join(folder, 'session.json');
  try {
    writeFileSync(file, JSON.stringify(session));
    const lab = fileURLToPath(new URL('../scripts/lab.mjs', import.meta.url));
    const { stdout, stderr } = spawnSync(process.execPath, [lab, 'share', file], { encoding: 'utf8' });
    const link = /"(#[\w.-]+)"/.exec(stdout)?.[1];
    if (!link) throw new Error(stderr);
    return link;
  } finally {
    rmSync(folder, { recursive: true });
  }
}
