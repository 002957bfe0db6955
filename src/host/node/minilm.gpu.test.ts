import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import reference from '../../formats/bert/minilm.json';
import { isEncoder } from '../../formats/opened-model';
import { hasMiniLm, MINILM_PATH } from '../../formats/minilm.test-data';
import { testKernel } from '../../kernels/reference/harness';
import { Embedder } from '../../training/benchmark/embedder';
import { embedderOf, loadEmbedder, checkpointPrompts, tokenizerOf } from './checkpoint';
import encode from './commands/encode';
import evaluate from './commands/eval';
import generate from './commands/generate';
import * as output from './output';

const COSINE = 0.9999;
const { texts } = reference;

/** The smallest of the cosines of rows with the reference's vectors. */
function worstCosine(vectors: Float32Array): number {
  const channels = vectors.length / texts.length;
  const cosines = texts.map(({ vector }, row) => {
    const own = vectors.subarray(row * channels, (row + 1) * channels);
    const dot = (a: ArrayLike<number>, b: ArrayLike<number>): number =>
      Array.from(a).reduce((sum, value, i) => sum + value * b[i]!, 0);
    return dot(own, vector) / Math.sqrt(dot(own, own) * dot(vector, vector));
  });
  return Math.min(...cosines);
}

describe.skipIf(!hasMiniLm)('all-MiniLM-L6-v2 from its folder', () => {
  it('has the ids of sentence-transformers, cut where its folder says', async () => {
    const checkpoint = await loadEmbedder(MINILM_PATH);
    expect(isEncoder(checkpoint) && checkpoint.arch.hidden_size).toBe(384);
    expect(tokenizerOf(checkpoint).size).toBe(30_522);
    const prompts = await checkpointPrompts(checkpoint);
    expect([prompts.context, prompts.pooling, prompts.notices]).toEqual([reference.limit, 'mean', []]);
    const { sequences, truncated } = prompts.direct(texts.map(({ text }) => text));
    expect(sequences).toEqual(texts.map(({ ids }) => ids));
    expect(truncated).toBe(1);
  });

  testKernel('gives its vectors', async ({ gpu }) => {
    const checkpoint = await loadEmbedder(MINILM_PATH);
    const prompts = await checkpointPrompts(checkpoint);
    const model = await embedderOf(gpu, checkpoint);
    try {
      const { sequences } = prompts.direct(texts.map(({ text }) => text));
      expect(worstCosine(await new Embedder(model, prompts).direct(sequences))).toBeGreaterThan(COSINE);
    } finally {
      model.destroy();
    }
  });

  it('encodes, and is refused where texts are to be written', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'minilm-'));
    const said: unknown[] = [];
    const print = vi.spyOn(output, 'printResult').mockImplementation((value) => void said.push(value));
    try {
      const input = join(folder, 'texts.jsonl');
      const lines = texts.map(({ text }, i) => JSON.stringify({ _id: `${i}`, text }));
      writeFileSync(input, `${lines.join('\n')}\n`);
      const vectors = join(folder, 'vectors.npy');
      expect(await encode(['--checkpoint', MINILM_PATH, '--input', input, '--output', vectors])).toBe(0);
      expect(said[0]).toMatchObject({
        rows: texts.length,
        dims: 384,
        embed_token: null,
        truncated: 1,
      });
      const bytes = readFileSync(vectors);
      const floats = new Float32Array(bytes.buffer.slice(bytes.length - texts.length * 384 * 4 + bytes.byteOffset));
      expect(worstCosine(floats.subarray(0, texts.length * 384))).toBeGreaterThan(COSINE);

      const options = ['--checkpoint', MINILM_PATH, '--input', input, '--output', join(folder, 'other.npy')];
      await expect(encode([...options, '--reasoning', 'on'])).rejects.toThrow(
        'all-MiniLM-L6-v2: a bert encoder, which writes nothing, expected a model that writes for --reasoning on',
      );
      await expect(generate(['--checkpoint', MINILM_PATH, '--prompt', 'a'])).rejects.toThrow(
        'model_type is "bert", an encoder that embeds texts and writes none, expected one that writes: llama, qwen2, qwen3',
      );
    } finally {
      print.mockRestore();
      rmSync(folder, { recursive: true });
    }
  });

  it('is scored on a collection, beside BM25', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'minilm-'));
    const said: unknown[] = [];
    const print = vi.spyOn(output, 'printResult').mockImplementation((value) => void said.push(value));
    try {
      const documents = ['A cat sleeps on the sofa', 'Stock prices fell sharply', 'The recipe needs two eggs'];
      const queries = ['kitten resting', 'shares dropped on the exchange', 'how to cook an omelette'];
      const lines = (all: string[], kind: string) => all.map((text, i) => JSON.stringify({ _id: `${kind}${i}`, text }));
      writeFileSync(join(folder, 'corpus.jsonl'), lines(documents, 'd').join('\n'));
      writeFileSync(join(folder, 'queries.jsonl'), lines(queries, 'q').join('\n'));
      const baseline = join(folder, 'other.trec');
      writeFileSync(baseline, 'q0 Q0 d0 1 1 x\nq1 Q0 d0 1 1 x\nq9 Q0 d0 1 1 x\n');
      mkdirSync(join(folder, 'qrels'));
      writeFileSync(
        join(folder, 'qrels', 'test.tsv'),
        `query-id\tcorpus-id\tscore\n${queries.map((_, i) => `q${i}\td${i}\t1\n`).join('')}`,
      );
      expect(
        await evaluate([
          '--checkpoint',
          MINILM_PATH,
          '--data',
          folder,
          '--split',
          'test',
          '--rival',
          MINILM_PATH,
          '--baseline',
          baseline,
        ]),
      ).toBe(0);
      const [score] = said;
      expect(score).toMatchObject({
        bm25: { success_1: expect.any(Number) as unknown },
        rival: { name: 'all-MiniLM-L6-v2', success_1: 1, fusion: { chosen: { on: 'nothing', weight: 0.5 } } },
        baseline: { success_1: 1 / 3, left_out: { queries_not_judged: 1, documents_not_in_corpus: 0 } },
        ndcg_cut_10_over: { rival: { mean: 0, ci95: [0, 0] } },
        notices: [
          `${baseline}: 1 of its queries is not judged in test and left out`,
          'BM25 finds no document for 2 queries: none of their words stands in any.',
        ],
      });
      expect(score).toMatchObject({ success_1: 1, queries: 3, truncated: { queries: 0, docs: 0 } });
      expect(score).toMatchObject({ split: { docs: 0, passages: 3 } });
    } finally {
      print.mockRestore();
      rmSync(folder, { recursive: true });
    }
  });
});
