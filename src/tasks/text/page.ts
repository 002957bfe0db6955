import type { TaskPage } from '../definition';
import { REFERENCES } from '../references';
import systems from './results.json' with { type: 'json' };

/** The page's words on the task. */
export const textPage: TaskPage = {
  about: [
    'Documents without judgements. A vocabulary of byte pairs is learnt from them; stage 0 predicts the next token of their texts; in stage 1 a title, or a crop of a text, should find the text it is from, among the other documents of the batch.',
    'Nobody wrote a right reasoning here. What the model writes before it embeds is what the document is about: its most telling words. Whether that helps is for the comparison with embedding at once to say.',
    'Stage 2 rewards what the model writes by where it leads: to the document whose title or crop was asked, or not. Its gate asks only that half of what it writes ends in the embed token.',
    'One title in twelve is held out for dev, another for test. Documents longer than the context are searched by their best passage.',
  ],
  cheats: [
    'Words in common: titles share words with their texts, so BM25 does well. It stands beside every result, and so does its fusion with the model.',
    'A crop that stands in its passage is found by its words alone: four in five are cut out of it.',
  ],
  good: [
    'The fusion above BM25 on queries that people wrote: open the folder in the Bench view.',
    'A model this small, learnt from a few thousand documents, is not expected to beat BM25 alone.',
  ],
  larger:
    'MiniLM, forty times as large and taught on a billion pairs of texts, is better than a model that learnt from these documents alone; fused with BM25 the two come closer. A larger base that is adapted starts from what it read before, and writes better keywords: the Bench view tells for your own documents which way is best.',
  references: REFERENCES,
  systems,
};
