import { describe, expect, it } from 'vitest';
import { normals } from '../kernels/reference/test-data';
import { InputError } from '../lib/errors';
import { readRunState, writeRunState } from './run-state-file';
import { OLD } from './run-state-old.test-data';
import type { RunState } from './session-run';
import { packGrpoState, unpackGrpoState } from './stages/grpo-state';

const page = (length: number, seed: number) => Float32Array.from(normals(length, seed));
const plain: RunState = {
  step: 37,
  weights: [page(5, 1), page(3, 2)],
  stage: null,
  base: null,
  fingerprint: { chain: 'ab'.repeat(32), steps: ['0123456789ab', 'cdef01234567'] },
};
const environment = {
  step: 36,
  vectors: page(6, 9),
  staleness: {
    encodedAt: Int32Array.of(1, -1, 36),
    // Neither fits in a float32.
    rate: Float64Array.of(1 / 3, 1e-300, 0),
    corpusRate: 0.1 + 0.2,
  },
  graph: {
    neighbours: Int32Array.of(1, 2, 0, 2, 0, 1),
    counts: Int32Array.of(2, 2, 2),
    entries: Int32Array.of(1),
  },
};
const moments = { first: [page(5, 3), page(3, 4)], second: [page(5, 5), page(3, 6)] };
const full: RunState = {
  ...plain,
  stage: { moments, ...packGrpoState({ silent: 13, environment }) },
  base: [page(5, 7), page(3, 8)],
};

function refusal(bytes: Uint8Array, session = 'hash'): string {
  try {
    readRunState(bytes, session, 'state');
  } catch (error) {
    if (error instanceof InputError) return error.message;
    throw error;
  }
  return 'accepted';
}

describe("a run's state", () => {
  for (const [name, state] of [
    ['within stage 2', full],
    ['at the end of stage 0', plain],
    ['within stage 1', { ...plain, stage: { moments, numbers: {}, arrays: {} } }],
    [
      'with an environment whose graph is empty',
      {
        ...full,
        stage: {
          moments,
          ...packGrpoState({ silent: 0, environment: { ...environment, vectors: new Float32Array(0) } }),
        },
      },
    ],
  ] as const) {
    it(`comes back from its file as it was: ${name}`, () => {
      expect(readRunState(writeRunState(state, 'hash'), 'hash', 'state')).toEqual(state);
    });
  }

  it("keeps stage 2's numbers to the bit", () => {
    const { stage } = readRunState(writeRunState(full, 'hash'), 'hash', 'state');
    expect(unpackGrpoState(stage!)).toEqual({ silent: 13, environment });
  });

  it('is read as it was written before stages kept their own numbers', () => {
    expect(readRunState(OLD.full, 'hash', 'state')).toEqual(full);
    expect(readRunState(OLD.plain, 'hash', 'state')).toEqual(plain);
  });

  it('is the same bytes each time', () => {
    expect(writeRunState(full, 'hash')).toEqual(writeRunState(structuredClone(full), 'hash'));
  });

  it('of another session is refused', () => {
    expect(refusal(writeRunState(plain, 'other'))).toBe(
      'state: a checkpoint of another session, expected one of the session that is resumed',
    );
  });

  it('is refused in one sentence with any bit of it turned', () => {
    const bytes = writeRunState(full, 'hash');
    const accepted: number[] = [];
    for (let i = 0; i < bytes.length; i++) {
      const damaged = bytes.slice();
      damaged[i]! ^= 1 << (i % 8);
      const message = refusal(damaged);
      if (message === 'accepted') accepted.push(i);
      else expect(message).toMatch(/^state.*: [^\n]*expected[^\n]*$/);
    }
    expect(accepted).toEqual([]);
  });

  it('is refused in one sentence where it ends early or late', () => {
    const bytes = writeRunState(full, 'hash');
    for (let length = 0; length < bytes.length; length += length < 40 ? 1 : 37) {
      expect(refusal(bytes.slice(0, length))).toMatch(/^state.*: [^\n]*expected[^\n]*$/);
    }
    expect(refusal(bytes.slice(0, -1))).toMatch(/expected/);
    const longer = new Uint8Array(bytes.length + 4);
    longer.set(bytes);
    expect(refusal(longer)).toMatch(/expected/);
    expect(refusal(new Uint8Array(16))).toMatch(/expected/);
  });
});
