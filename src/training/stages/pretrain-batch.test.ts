import { describe, expect, it } from 'vitest';
import { Random } from '../../lib/philox';
import { BatchBuilder } from '../batch-builder';
import { pretrainBatch, Sentences } from './pretrain-batch';
import { tinyWorld } from '../tiny.test-data';

const { task, tokens, sentences } = tinyWorld();
const kindOf = new Map(task.corpus.map(({ text, kind }) => [tokens.encode(text).join(), kind]));

/** Each sentence of a batch with its kind and the positions that are learnt. */
function read(sequences: readonly (readonly number[])[], { rows, labels }: { rows: Uint32Array; labels: Uint32Array }) {
  let start = 0;
  return sequences.map((ids) => {
    const learnt = [...rows.keys()].filter((k) => rows[k]! >= start && rows[k]! < start + ids.length);
    const positions = learnt.map((k) => rows[k]! - start + 1);
    expect(learnt.map((k) => labels[k])).toEqual(positions.map((at) => ids[at]));
    start += ids.length;
    return { ids, kind: kindOf.get(ids.join()), positions };
  });
}

describe("stage 0's batches", () => {
  it('hold the three kinds of sentence in their shares', () => {
    const batch = pretrainBatch(new BatchBuilder(), sentences, 1000, new Random(1, 'pretrain'));
    const all = read(batch.sequences, batch.lm);
    const share = (kind: string) => all.filter((sentence) => sentence.kind === kind).length / 1000;
    expect(Math.abs(share('fact') - 0.5)).toBeLessThan(0.05);
    expect(Math.abs(share('glossary') - 0.2)).toBeLessThan(0.05);
    expect(Math.abs(share('document') - 0.3)).toBeLessThan(0.05);
  });

  it("learn a fact's last word alone, and all but the first word of the others", () => {
    const batch = pretrainBatch(new BatchBuilder(), sentences, 60, new Random(2, 'pretrain'));
    for (const { ids, kind, positions } of read(batch.sequences, batch.lm)) {
      const all = ids.map((_, i) => i).slice(1);
      expect(positions).toEqual(kind === 'fact' ? all.slice(-1) : all);
    }
    expect(batch.lm.weights.reduce((a, b) => a + b, 0)).toBeCloseTo(1, 5);
  });

  it('replay facts alone, with the weight of the whole term', () => {
    const builder = new BatchBuilder();
    builder.add([1, 2, 3]);
    const lm = sentences.draw(builder, 20, 0.3, new Random(3, 'sft'), true);
    const replayed = read(builder.sequences, lm).slice(1);
    expect(replayed.map(({ kind }) => kind)).toEqual(new Array(20).fill('fact'));
    expect(lm.rows).toHaveLength(20);
    expect(lm.weights.reduce((a, b) => a + b, 0)).toBeCloseTo(0.3, 5);
  });

  it('take facts where a kind has no sentence', () => {
    const facts = new Sentences({ ...task, corpus: task.corpus.filter(({ kind }) => kind === 'fact') }, tokens);
    const batch = pretrainBatch(new BatchBuilder(), facts, 30, new Random(4, 'pretrain'));
    expect(batch.sequences).toHaveLength(30);
    expect(new Set(batch.sequences.map((ids) => kindOf.get(ids.join())))).toEqual(new Set(['fact']));
  });

  it('know the longest sentence', () => {
    expect(sentences.longest).toBe(Math.max(...task.corpus.map(({ text }) => tokens.encode(text).length)));
  });
});
