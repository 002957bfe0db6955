import { describe, expect, it } from 'vitest';
import { small } from '../model/small.test-data';
import { TensorTable } from '../tensors/table';
import { decayRanges } from './decay-ranges';

const settings = { beta1: 0.9, beta2: 0.98, eps: 1e-8, weightDecay: 0.1, maxNorm: 1 };
const qwen2 = { ...small, model_type: 'qwen2' as const, attention_bias: true };
/** Of several pages, the embedding frozen. */
const table = new TensorTable(qwen2, { blockBytes: 2 ** 14, trained: (name) => name !== 'embed' });

describe('ranges that decay alike', () => {
  it('are whole pages where vectors decay too, or nothing does', () => {
    const pages = table.pages.filter(({ group }) => group === 'trained');
    expect(pages.length).toBeGreaterThan(1);
    const whole = pages.map(({ bytes }, page) => ({ page, offset: 0, size: bytes, weightDecay: 0.1 }));
    expect(decayRanges(table, settings)).toEqual(whole);
    const none = { ...settings, weightDecay: 0, decayNorms: false };
    expect(decayRanges(table, none)).toEqual(whole.map((range) => ({ ...range, weightDecay: 0 })));
  });

  it('cover every trained tensor once, vectors without decay', () => {
    const ranges = decayRanges(table, { ...settings, decayNorms: false });
    const trained = table.pages.flatMap(({ group }, at) => (group === 'trained' ? [at] : []));
    trained.forEach((at, page) => {
      const own = ranges.filter((range) => range.page === page);
      expect(own[0]?.offset).toBe(0);
      own.forEach(({ offset, size }, i) => expect(offset + size).toBe(own[i + 1]?.offset ?? table.pages[at]!.bytes));
    });
    for (const { name, group, blocks, init } of table.tensors) {
      if (group === 'frozen') continue;
      for (const { page, offset } of blocks) {
        const range = ranges.find((r) => trained[r.page] === page && r.offset <= offset && offset < r.offset + r.size);
        expect(range?.weightDecay, name).toBe(init.kind === 'normal' ? 0.1 : 0);
      }
    }
  });
});
