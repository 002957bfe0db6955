import { describe, expect, it } from 'vitest';
import type { Evaluation } from '../records/records';
import { tinySession } from '../training/tiny.test-data';
import { sweepFiles } from './cluster-files';
import { figureOf, sweepRuns, sweepTable } from './sweep';

const session = tinySession();

describe('the runs of a sweep', () => {
  it('are every combination of settings with every seed, each under a name of its own', () => {
    const runs = sweepRuns(session, ['sft.learning_rate=0.001,0.002', 'grpo.beta=0,0.02'], '1..3');
    expect(runs).toHaveLength(12);
    expect(new Set(runs.map(({ name }) => name)).size).toBe(12);
    expect(runs[0]!.name).toBe('01_learning_rate-0.001_beta-0_seed-1');
    expect(runs.at(-1)!.session).toMatchObject({ seed: 3, sft: { learning_rate: 0.002 }, grpo: { beta: 0.02 } });
    expect(sweepRuns(session, ['grpo.depth_weights=1,2,3;3,2,1'], '')).toHaveLength(2);
    expect(sweepRuns(session, [], '7,9').map(({ session: own }) => own.seed)).toEqual([7, 9]);
  });

  it('are refused with what is wrong with them', () => {
    const cases: [string[], string, RegExp][] = [
      [['sft.learning_rat=1'], '', /no setting, expected one like sft.learning_rate/],
      [['sft.learning_rate'], '', /expected path=value/],
      [['sft.learning_rate=0.1,x'], '', /sft.learning_rate/],
      [['sft.learning_rate=0.1,0.1'], '', /a value twice/],
      [['sft.steps=1', 'sft.steps=2'], '', /given twice/],
      [[], '3..1', /expected 1..3 or 1,5,9/],
      [[], '1,a', /expected 1..3 or 1,5,9/],
      [[], '0..99999', /expected 1..3/],
    ];
    for (const [sets, seeds, message] of cases) expect(() => sweepRuns(session, sets, seeds)).toThrow(message);
  });
});

describe('the table of a sweep', () => {
  it('has a mean over seeds, and Student’s interval where there are several', () => {
    expect(figureOf([0.5])).toEqual({ mean: 0.5, ci95: null, seeds: 1 });
    const { mean, ci95, seeds } = figureOf([0.4, 0.5, 0.6]);
    // s = 0.1, n = 3, t(2) = 4.303.
    expect([mean, seeds]).toEqual([0.5, 3]);
    expect(ci95![0]).toBeCloseTo(0.5 - (4.303 * 0.1) / Math.sqrt(3), 12);
    const figures = { ndcg_cut_10: 0.5, recall_100: 1, recip_rank_cut_10: 1, map: 1, success_1: 1 };
    const evaluation: Evaluation = { test: { reasoning: { ...figures, ci95: {}, by_depth: {}, queries: 4 } } };
    const runs = sweepRuns(session, ['sft.learning_rate=0.001,0.002'], '1..2');
    const table = sweepTable(runs.map((run) => ({ run, evaluation })));
    expect(table.map(({ settings }) => settings['sft.learning_rate'])).toEqual(['0.001', '0.002']);
    expect(table[0]!.ndcg_cut_10.reasoning).toEqual({ mean: 0.5, ci95: [0.5, 0.5], seeds: 2 });
  });
});

describe('files that start workers', () => {
  it('carry the command line whole, whatever is in its words', () => {
    const words = ['kin-quick', '--out', "/data/a b'c", '--set', 'sft.steps=1,2'];
    const files = new Map(sweepFiles(words));
    expect(files.get('slurm-array.sh')).toContain(
      `lab -- sweep kin-quick --out '/data/a b'\\''c' --set sft.steps=1,2\n`,
    );
    expect(files.get('kubernetes-indexed.yaml')).toContain(`args: ${JSON.stringify(words)}\n`);
  });
});
