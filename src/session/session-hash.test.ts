import { expect, it } from 'vitest';
import { applySettings } from '../config/edit-session';
import { parseSession } from '../config/parse-session';
import { presetSession } from '../config/presets';
import { sessionHash } from './session-hash';

it('ties a state to every setting that was changed, and to none that was not', () => {
  const session = presetSession('kin-quick')!;
  expect(sessionHash(parseSession(JSON.parse(JSON.stringify(session))))).toBe(sessionHash(session));
  for (const change of ['seed=2', 'model.rope_theta=200', 'sft.steps=301', 'title=Ours']) {
    expect(sessionHash(applySettings(session, [change])), change).not.toBe(sessionHash(session));
  }
  // A setting of today, as if yesterday's run had not known it: at its first value it changes nothing.
  const { initializer_range: first, ...model } = session.model;
  expect(first).toBe(0);
  expect(sessionHash(parseSession({ ...session, model }))).toBe(sessionHash(session));
});

it('stays what it was: states that are kept are found by it', () => {
  expect(sessionHash(parseSession({ seed: 7, sft: { steps: 9, mode: 'both' } }))).toMatchInlineSnapshot(
    `"22d1cb9a12811e229f60b3457b44f511351f3d3319bd0dcd714a15664f6f5df8"`,
  );
});
