import { describe, expect, it } from 'vitest';
import { setPath } from '../config/edit-session';
import { presetSession } from '../config/presets';
import { defaultSession } from '../config/session';
import { encodeLink } from './link';
import { resolveSession } from './resolve';

const session = setPath(defaultSession, 'seed=7');
const link = encodeLink({ session });
const files = new Map([
  ['my.json', '\ufeff{"seed": 7}'],
  ['bad.json', '{'],
  ['wrong.json', '{"seed": -7}'],
]);
const read = (path: string) => files.get(path);

describe('resolveSession', () => {
  it.each([link, `#${link}`, `https://lab.example/#${link}`, '{"seed":7}', 'my.json'])('%s', (text) => {
    expect(resolveSession(text, read).session).toEqual(session);
  });

  it('knows presets', () => {
    expect(resolveSession('kin-quick').session).toEqual(presetSession('kin-quick'));
  });

  it.each([
    ['', 'session is empty'],
    ['#', 'link is empty'],
    ['kin-quik', 'session "kin-quik" is no preset, file or link, expected one, such as the preset kin-quick'],
    ['none.json', 'session "none.json" is no preset, file or link'],
    ['bad.json', 'bad.json is "{", expected a session as JSON'],
    ['wrong.json', 'wrong.json: seed is -7, expected a whole number'],
    ['{"seed":', 'session is "{\\"seed\\":", expected a session as JSON'],
    ['https://lab.example/', 'link "https://lab.example/" has no fragment'],
    ['1kin.AAAA', 'link has checksum "AAAA"'],
    ['__proto__', 'is no preset'],
  ])('refuses %s', (text, message) => {
    expect(() => resolveSession(text, read)).toThrow(message);
  });
});
