import { describe, expect, it } from 'vitest';
import { BatchBuilder, DocumentRows, TargetBuilder } from './batch-builder';

describe('a batch', () => {
  it('counts rows through its sequences', () => {
    const batch = new BatchBuilder();
    expect([batch.add([5, 6, 7]), batch.add([8]), batch.add([9, 9])]).toEqual([0, 3, 4]);
    expect(batch.sequences).toEqual([[5, 6, 7], [8], [9, 9]]);
  });

  it('learns each token from the row before it, and never a first one', () => {
    const targets = new TargetBuilder();
    targets.learn([10, 11, 12, 13], 100, 2);
    targets.learn([20, 21], 200, 0);
    targets.learn([30], 300, 0);
    targets.learn([40, 41], 400, 2);
    const { rows, labels, weights } = targets.finish(0.6);
    expect([...rows]).toEqual([101, 102, 200]);
    expect([...labels]).toEqual([12, 13, 21]);
    expect([...weights]).toEqual([...new Float32Array(3).fill(0.6 / 3)]);
  });

  it('shares out nothing over no rows', () => {
    const { rows, weights } = new TargetBuilder().finish(1);
    expect([rows.length, weights.length]).toEqual([0, 0]);
  });

  it('holds each document once, and points at its last token', () => {
    const batch = new BatchBuilder();
    batch.add([1, 1, 1, 1]);
    const encoded: number[] = [];
    const documents = new DocumentRows(batch, (document) => {
      encoded.push(document);
      return [document, document, 99];
    });
    expect([documents.add(7), documents.add(3), documents.add(7), documents.add(3)]).toEqual([0, 1, 0, 1]);
    expect(encoded).toEqual([7, 3]);
    const targets = documents.finish([
      { row: 3, positive: 0, negative: 1 },
      { row: 2, positive: 1, negative: 0 },
    ]);
    expect(targets).toEqual({
      queryRows: Uint32Array.of(3, 2),
      documentRows: Uint32Array.of(6, 9),
      positive: Uint32Array.of(0, 1),
      negative: Uint32Array.of(1, 0),
    });
    expect(batch.sequences).toEqual([
      [1, 1, 1, 1],
      [7, 7, 99],
      [3, 3, 99],
    ]);
  });
});
