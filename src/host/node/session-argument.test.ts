import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, it, vi } from 'vitest';
import { defaultSession } from '../../config/session';
import { presetSession } from '../../config/presets';
import { encodeLink } from '../../session/link';
import open from './commands/open';
import share from './commands/share';
import { Arguments } from './args';
import { FORK_FLAGS, forkArgument } from './fork-argument';
import * as output from './output';
import { sessionArgument } from './session-argument';

const folder = mkdtempSync(join(tmpdir(), 'session-'));
afterAll(() => rmSync(folder, { recursive: true }));
const file = (name: string, content: string | Uint8Array) => {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
};
const session = { ...defaultSession, seed: 7 };
const link = encodeLink({ session });

describe('sessionArgument', () => {
  it('reads a file, a preset and a link', () => {
    expect(sessionArgument(file('a.json', '{"seed":7}')).session).toEqual(session);
    expect(sessionArgument('kin-quick').session).toEqual(presetSession('kin-quick'));
    expect(sessionArgument(link).session).toEqual(session);
    expect(sessionArgument(file('1abc', '{"seed":7}')).session).toEqual(session);
  });

  it('refuses what is no session', () => {
    expect(() => sessionArgument(folder)).toThrow('not a file');
    expect(() => sessionArgument(file('big.json', ' '.repeat(1_000_001)))).toThrow('1000001 bytes');
    expect(() => sessionArgument(file('bin.json', Uint8Array.of(255, 254)))).toThrow('not UTF-8');
    expect(() => sessionArgument(join(folder, 'none.json'))).toThrow('is no preset, file or link');
    expect(() => sessionArgument('a\0b')).toThrow('is no preset, file or link');
    expect(() => sessionArgument('x'.repeat(5000))).toThrow('is no preset, file or link');
  });
});

describe('share and open', () => {
  const print = vi.spyOn(output, 'printResult').mockImplementation(() => undefined);
  afterEach(() => print.mockClear());

  it('share gives a fragment, or a URL', async () => {
    expect(await share([link])).toBe(0);
    expect(print).toHaveBeenLastCalledWith({ link: `#${link}` });
    await share(['kin', '--base', 'https://lab.example/app/#old']);
    expect(print).toHaveBeenLastCalledWith({
      link: `https://lab.example/app/#${encodeLink({ session: defaultSession })}`,
    });
  });

  it('open gives the session', async () => {
    expect(await open([`https://lab.example/#${link}`])).toBe(0);
    expect(print).toHaveBeenLastCalledWith(session);
  });

  it('refuse with one sentence, and print nothing', async () => {
    await expect(share(['kin', '--base', 'lab'])).rejects.toThrow('--base is "lab", expected');
    await expect(share([''])).rejects.toThrow('session is empty');
    await expect(share([])).rejects.toThrow('SESSION: missing');
    await expect(open([''])).rejects.toThrow('link is empty');
    await expect(open(['kin-quick'])).rejects.toThrow('link has version "k"');
    expect(print).not.toHaveBeenCalled();
  });
});

it('--set takes the task first, wherever it stands, and in every command', () => {
  const flags = ['--set', 'task.letters=5', '--set', 'task.name=reverse'];
  const args = new Arguments(['{}', ...flags], { usage: 'x', positionals: ['SESSION'], flags: FORK_FLAGS });
  expect(forkArgument(args).session.task).toMatchObject({ name: 'reverse', letters: 5 });
  const unchecked = forkArgument(args, sessionArgument('{}'), () => undefined);
  expect(unchecked.session).toEqual(forkArgument(args).session);
});
