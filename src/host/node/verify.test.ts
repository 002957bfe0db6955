import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { parseSession } from '../../config/parse-session';
import { Fingerprint } from '../../session/fingerprint';
import { marksOf } from '../../records/marks';
import { encodeLink } from '../../session/link';
import { agreement, driftOf } from './compare-run';
import { headline, readRecordedRun, type RecordedRun } from './recorded-run';

const root = mkdtempSync(join(tmpdir(), 'verify-'));
afterAll(() => rmSync(root, { recursive: true }));

const session = parseSession({ seed: 3, pretrain: { steps: 2 }, sft: { steps: 2 }, grpo: { steps: 0 } });

const run = { session, ancestors: [] };

/** A run that computed these losses. */
function runOf(losses: readonly number[]): { fingerprint: Fingerprint; recorded: RecordedRun } {
  const fingerprint = new Fingerprint();
  losses.forEach((loss, i) => fingerprint.add({ step: i + 1, loss }));
  return {
    fingerprint,
    recorded: { fingerprint: fingerprint.value, numerics: 1, run, steps: fingerprint.perStep, losses, metrics: {} },
  };
}

const original = runOf([4, 3, 2, 1]);

/** The folder of a run, with some files replaced; null leaves one out. */
function folderOf(files: Readonly<Record<string, unknown>> = {}): string {
  const path = mkdtempSync(join(root, 'run-'));
  const { value, perStep } = original.fingerprint;
  const all: Readonly<Record<string, unknown>> = {
    'session.json': session,
    'fingerprint.json': { fingerprint: value, steps: perStep },
    'metrics.jsonl': [4, 3, 2, 1].map((loss, i) => `${JSON.stringify({ step: i + 1, stage: 'sft', loss })}\n`).join(''),
    'evaluation.json': { test: { reasoning: { ndcg_cut_10: 0.5 }, forced: { ndcg_cut_10: 0.25 } } },
    ...files,
  };
  for (const [name, content] of Object.entries(all)) {
    if (content === null) continue;
    writeFileSync(join(path, name), typeof content === 'string' ? content : JSON.stringify(content));
  }
  return path;
}

describe('agreement', () => {
  it('is whole where the chains are equal', () => {
    expect(agreement(original.recorded, runOf([4, 3, 2, 1]).fingerprint)).toEqual({ reproduced: true, step: 4 });
  });

  it.each([
    [[5, 3, 2, 1], 0],
    [[4, 3, 5, 1], 2],
    [[4, 3, 2, 5], 3],
  ])('ends where they part: %j', (losses, step) => {
    expect(agreement(original.recorded, runOf(losses).fingerprint)).toEqual({ reproduced: false, step });
  });

  it('tells the last marked step that agrees, where a claim holds no more', () => {
    const losses = Array.from({ length: 40 }, (_, i) => i);
    const { fingerprint, recorded } = runOf(losses);
    const claimed = { ...recorded, steps: null, marks: marksOf(fingerprint.perStep) };
    expect(agreement(claimed, fingerprint)).toEqual({ reproduced: true, step: 40 });
    const other = runOf(losses.map((loss, i) => (i < 22 ? loss : -loss))).fingerprint;
    expect(agreement(claimed, other)).toEqual({ reproduced: false, step: 20 });
    expect(agreement({ ...recorded, steps: null }, other)).toEqual({ reproduced: false, step: null });
    const end = { ...claimed, fingerprint: claimed.fingerprint.replace(/.$/, (digit) => (digit === '0' ? '1' : '0')) };
    expect(agreement(end, fingerprint)).toEqual({ reproduced: false, step: 39 });
  });

  it('sees a difference in the digits that the steps leave out', () => {
    const fingerprint = original.recorded.fingerprint.slice(0, 12) + '0'.repeat(52);
    expect(agreement({ ...original.recorded, fingerprint }, original.fingerprint)).toEqual({
      reproduced: false,
      step: 3,
    });
  });

  it('takes a claim by its first digits, and knows no step where it differs', () => {
    const claim = { ...original.recorded, fingerprint: original.recorded.fingerprint.slice(0, 8), steps: null };
    expect(agreement(claim, original.fingerprint)).toEqual({ reproduced: true, step: 4 });
    expect(agreement(claim, runOf([4, 3, 2, 2]).fingerprint)).toEqual({ reproduced: false, step: null });
  });
});

describe('driftOf', () => {
  it('is the largest relative difference of the losses, and the metrics that both have', () => {
    const recorded = { ...original.recorded, metrics: { 'ndcg_cut_10/reasoning': 0.5, 'ndcg_cut_10/gold': 1 } };
    const drift = driftOf(session, recorded, { reproduced: false, step: 1 }, [4, 3.3, 2.5], {
      'ndcg_cut_10/reasoning': 0.25,
    });
    expect(drift).toEqual({
      first_differing_step: 2,
      loss: { steps_compared: 3, largest_relative_difference: 0.25, at_step: 3 },
      curve: [{ step: 3, difference: expect.closeTo(0.8 / 9) as number }],
      metrics: { 'ndcg_cut_10/reasoning': { recorded: 0.5, rerun: 0.25 } },
      within_tolerance: false,
    });
    const close = driftOf(session, recorded, { reproduced: false, step: 1 }, [4, 3.01], {
      'ndcg_cut_10/reasoning': 0.51,
    });
    expect(close.within_tolerance).toBe(true);
  });

  it('has no number where a loss is not finite, and no loss where none was kept', () => {
    const recorded = { ...original.recorded, losses: [4, null] };
    const agreed = { reproduced: false, step: 0 };
    expect(driftOf(session, recorded, agreed, [4, 3], {}).loss).toEqual({
      steps_compared: 2,
      largest_relative_difference: null,
      at_step: 2,
    });
    expect(driftOf(session, recorded, agreed, [4, NaN], {}).loss?.largest_relative_difference).toBe(0);
    expect(driftOf(session, { ...recorded, losses: [] }, { reproduced: false, step: null }, [4], {})).toEqual({
      first_differing_step: null,
      loss: null,
      curve: [],
      metrics: {},
      within_tolerance: null,
    });
  });
});

describe("a run's folder", () => {
  it('is read back', () => {
    expect(readRecordedRun(folderOf(), { session, ancestors: [] }, 4)).toEqual({
      ...original.recorded,
      metrics: { 'ndcg_cut_10/reasoning': 0.5, 'ndcg_cut_10/forced': 0.25, 'ndcg_cut_10/without': 0.25 },
    });
    const bare = readRecordedRun(
      folderOf({ 'metrics.jsonl': null, 'evaluation.json': null }),
      { session, ancestors: [] },
      4,
    );
    expect(bare).toEqual({ ...original.recorded, losses: [], metrics: {} });
    const { value, perStep } = original.fingerprint;
    const later = folderOf({ 'fingerprint.json': { fingerprint: value, numerics: 3, steps: perStep } });
    expect(readRecordedRun(later, { session, ancestors: [] }, 4).numerics).toBe(3);
    expect(() =>
      readRecordedRun(folderOf(), { session: { ...session, title: 'renamed' }, ancestors: [] }, 4),
    ).not.toThrow();
  });

  it('takes the dev split where there is no test', () => {
    expect(headline({ dev: { direct: { ndcg_cut_10: 0.1 } } })).toEqual({
      'ndcg_cut_10/direct': 0.1,
      'ndcg_cut_10/without': 0.1,
    });
  });

  const { value, perStep } = original.fingerprint;
  it.each([
    [{ 'fingerprint.json': null }, 'no fingerprint.json, expected'],
    [{ 'session.json': null }, 'session.json: no such file, expected'],
    [{ 'fingerprint.json': '{"fingerprint":' }, 'fingerprint.json: not JSON'],
    [{ 'fingerprint.json': [] }, 'expected a fingerprint of 64 hexadecimal digits'],
    [{ 'fingerprint.json': { fingerprint: value, steps: [] } }, 'steps is []'],
    [{ 'fingerprint.json': { fingerprint: value.slice(1), steps: perStep } }, 'fingerprint is "'],
    [{ 'fingerprint.json': { fingerprint: value, steps: ['x'] } }, 'steps.0 is "x"'],
    [{ 'fingerprint.json': { fingerprint: value, numerics: 0, steps: perStep } }, 'numerics is 0'],
    [
      { 'fingerprint.json': { fingerprint: value, steps: [...perStep, ...perStep] } },
      '8 steps, expected at most the session',
    ],
    [{ 'session.json': { ...session, seed: 4 } }, 'session.json: seed is 4, expected 3'],
    [{ 'session.json': { ...session, lorem: 4 } }, 'lorem'],
    [{ 'metrics.jsonl': '{"step":1,"loss":4}\n{"step":3,"loss":2}\n' }, 'metrics.jsonl, line 2: '],
    [{ 'metrics.jsonl': '{"step":1,"lo' }, 'metrics.jsonl, line 1: not JSON'],
    [{ 'evaluation.json': { test: { reasoning: {} } } }, 'evaluation.json: test.reasoning.ndcg_cut_10 is wrong'],
  ])('%j is refused in one sentence', (files, message) => {
    expect(() => readRecordedRun(folderOf(files), { session, ancestors: [] }, 4)).toThrow(message);
  });
});

describe('the command', { timeout: 60_000 }, () => {
  const script = fileURLToPath(new URL('../../../scripts/lab.mjs', import.meta.url));
  const file = join(root, 'session.json');
  writeFileSync(file, JSON.stringify(session));
  mkdirSync(join(root, 'empty'));
  const other = join(root, 'other.json');
  writeFileSync(other, JSON.stringify({ ...session, seed: 9 }));
  const recorded = folderOf();
  const damaged = folderOf({ 'fingerprint.json': 'not json' });

  it.each([
    [[], /^SESSION_OR_LINK: missing/],
    [[file], /^link: no claim in it, expected/],
    [[encodeLink({ session })], /^link: no claim in it, expected/],
    [['none'], /^session "none" is no preset/],
    [[file, '--against', 'nowhere'], /^nowhere: no such file, expected a run's folder/],
    [[file, '--against', ''], /^--against: empty/],
    [[file, '--against', join(root, 'empty')], /no fingerprint\.json, expected/],
    [[file, '--against', damaged], /fingerprint\.json: not JSON/],
    [[other, '--against', recorded], /session\.json: seed is 3, expected 9/],
  ])('%j is bad input: one line, exit 2, nothing written', (argv, message) => {
    const before = readdirSync(root, { recursive: true });
    const { status, stdout, stderr } = spawnSync(process.execPath, [script, 'verify', ...argv], { encoding: 'utf8' });
    expect(stderr).toMatch(message);
    expect(stderr).toMatch(/^[^\n]+\n$/);
    expect(status).toBe(2);
    expect(stdout).toBe('');
    expect(readdirSync(root, { recursive: true })).toEqual(before);
  });
});
