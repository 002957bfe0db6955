import { expect } from 'vitest';
import { testKernel } from '../kernels/reference/harness';
import { Encoder } from '../model/inference';
import { small, withModel } from '../model/small.test-data';
import { dcgReward } from '../retrieval/refresh/reward';
import { ExactIndex } from '../retrieval/search-index';
import { PrefixRanks, type Thought } from './prefix-ranks';

const EMBED = 7;
const DOCUMENTS = 150;

testKernel('ranks each prefix as a search with its own embedding does', (bench) =>
  withModel(bench, small, async (model) => {
    const { gpu } = bench;
    const encoder = new Encoder(model, 200, 40);
    const documents = Array.from({ length: DOCUMENTS }, (_, i) => [8 + (i % 13), 21 + (i % 17), EMBED]);
    const vectors = await encoder.encode(documents);
    const view = gpu.upload('documents', vectors);
    const ranks = new PrefixRanks(model, encoder, EMBED, view, DOCUMENTS, 5);
    try {
      // Two completions of one prompt that part after two tokens, one that was cut, and one with two relevant documents.
      const one = [{ document: 11, grade: 1 }];
      const thoughts: Thought[] = [
        { prompt: [1, 2, 3], ids: [10, 11, 12, EMBED], relevant: one },
        { prompt: [1, 2, 3], ids: [10, 11, 13], relevant: one },
        { prompt: [4, 5], ids: [EMBED], relevant: [{ document: 3, grade: 2 }, { document: 77, grade: 1 }, { document: 9, grade: 0 }] },
      ]; // prettier-ignore
      const found = await ranks.follow(thoughts, { k: 40, listed: true });
      expect(found.map(({ ranks: line }) => line.length)).toEqual([4, 4, 1]);
      expect(found[0]!.ranks.slice(0, 3)).toEqual(found[1]!.ranks.slice(0, 3));

      const exact = new ExactIndex(vectors, small.hidden_size);
      for (const [i, { prompt, ids, relevant }] of thoughts.entries()) {
        const written = ids.filter((id) => id !== EMBED);
        for (let t = 0; t <= written.length; t++) {
          const embedding = await encoder.encode([[...prompt, ...written.slice(0, t), EMBED]]);
          const all = exact.search(embedding, DOCUMENTS);
          const places = relevant.filter(({ grade }) => grade > 0).map(({ document }) => all.ids.indexOf(document) + 1);
          expect(found[i]!.ranks[t]).toBe(Math.min(...places));
          expect(found[i]!.rewards[t]).toBeCloseTo(dcgReward(all.ids, relevant, 40), 10);
          expect(found[i]!.nearest[t]!.documents).toEqual([...all.ids.subarray(0, 5)]);
        }
      }

      const plain = await ranks.follow(thoughts, { k: 40, listed: false });
      expect(plain.map(({ ranks: line }) => line)).toEqual(found.map(({ ranks: line }) => line));
      expect(plain.every(({ nearest }) => nearest.length === 0)).toBe(true);
    } finally {
      ranks.destroy();
      encoder.destroy();
      gpu.free(view);
    }
  }),
);

testKernel(
  'leaves out prefixes that the context has no room for, and takes more of them than one submit holds',
  (bench) =>
    withModel(bench, small, async (model) => {
      const { gpu } = bench;
      const room = small.max_position_embeddings;
      const encoder = new Encoder(model, 4 * room, 64);
      const view = gpu.upload(
        'documents',
        await encoder.encode([
          [1, EMBED],
          [2, EMBED],
          [3, EMBED],
        ]),
      );
      const ranks = new PrefixRanks(model, encoder, EMBED, view, 3);
      try {
        const relevant = [{ document: 1, grade: 1 }];
        const full = Array.from({ length: room - 2 }, (_, i) => 10 + (i % 20));
        const [cut] = await ranks.follow([{ prompt: [1, 2], ids: full, relevant }], { k: 3, listed: false });
        expect(cut!.ranks).toHaveLength(room - 2);
        const many = Array.from({ length: 300 }, (_, i): Thought => ({ prompt: [1, 10 + (i % 20), 10 + Math.floor(i / 20)], ids: [], relevant })); // prettier-ignore
        const found = await ranks.follow(many, { k: 3, listed: true });
        expect(found.every(({ ranks: [rank], nearest: [near] }) => rank === near!.documents.indexOf(1) + 1)).toBe(true);
      } finally {
        ranks.destroy();
        encoder.destroy();
        gpu.free(view);
      }
    }),
);
