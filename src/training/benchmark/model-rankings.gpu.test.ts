import { describe, expect } from 'vitest';
import type { BeirDocument } from '../../formats/beir';
import { Tokenizer } from '../../formats/tokenizer';
import { wordLevelTokenizer } from '../../formats/word-level';
import { testKernel } from '../../kernels/reference/harness';
import { small, withModel } from '../../model/small.test-data';
import { EmbeddingPrompts } from './embedding-prompts';
import { EncodedDocuments } from './model-rankings';

const WORDS = ['a', 'b', 'c', 'd', 'e'];
const tokenizer = wordLevelTokenizer(['<unk>', ...WORDS, '<|embed_token|>'], '<unk>');
/** Texts of this many words; more than 11 are several passages. */
const documents = (lengths: readonly number[], shift = 0): BeirDocument[] =>
  lengths.map((length, i) => ({
    id: `d${i}`,
    title: '',
    text: Array.from({ length }, (_, at) => WORDS[(at * (i + 2) + shift) % WORDS.length]).join(' '),
  }));

describe('embedded documents, some of them anew', () => {
  testKernel('are those that all of them give, passages too', (bench) =>
    withModel(bench, small, async (model) => {
      const prompts = new EmbeddingPrompts(new Tokenizer(tokenizer, 'it'), 12, 'it');
      const before = documents([3, 30, 1, 14, 0]);
      const encoded = await EncodedDocuments.encode(model, prompts, before);
      // One that was several passages is one, another becomes several.
      const other = documents([25, 2, 1, 14, 0], 1);
      const after = before.map((document, row) => (row < 2 ? other[row]! : document));
      const replaced = await encoded.replaced(after, [0, 1]);
      const whole = await EncodedDocuments.encode(model, prompts, after);
      expect(replaced.owners).toEqual(whole.owners);
      expect(replaced.vectors).toEqual(whole.vectors);
      expect(await encoded.replaced(before, [])).toBe(encoded);
      const queries = [{ id: 'q', text: 'a c e' }];
      expect((await replaced.rank(queries, false)).found).toEqual((await whole.rank(queries, false)).found);
    }),
  );
});
