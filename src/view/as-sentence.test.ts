import { expect, test } from 'vitest';
import { asSentence } from './as-sentence';

test('a sentence begins with a capital and ends with a stop, unless it has them or begins with a name', () => {
  expect(asSentence('no file was found')).toBe('No file was found.');
  expect(asSentence('Done!')).toBe('Done!');
  expect(asSentence('the run failed. Why?')).toBe('The run failed. Why?');
});

test('names of files and settings are written as they are', () => {
  expect(asSentence('corpus.jsonl, line 1: not JSON')).toBe('corpus.jsonl, line 1: not JSON.');
  expect(asSentence('qrels/dev.tsv is empty')).toBe('qrels/dev.tsv is empty.');
  expect(asSentence('sft.batch_size is 0')).toBe('sft.batch_size is 0.');
});
