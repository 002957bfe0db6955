import { defaultSession } from '../../config/session';
import { expect, it } from 'vitest';
import { textCorpus, textSession } from '../../tasks/text/text.test-data';
import { createTask, dataFilesOf, unreadDocuments } from '../../tasks/registry';
import type { CorpusProgress } from '../../tasks/unread';
import { Vocabularies } from './vocabularies';

const asked = (documents: number) => {
  const { bytes } = textCorpus(documents);
  const { task } = textSession(bytes);
  return { task, data: new Map(dataFilesOf(task).map(({ path }) => [path, bytes])) };
};
const never = new AbortController().signal;

it('learns once for all who wait, and ends when nobody does', async () => {
  const { task, data } = asked(600);
  const vocabularies = new Vocabularies();
  const stay = new AbortController();
  const leave = new AbortController();
  const told: CorpusProgress[] = [];
  const one = vocabularies.ready(task, data, leave.signal);
  const other = vocabularies.ready(task, data, stay.signal, (progress) => told.push(progress));
  leave.abort();
  await expect(one).rejects.toThrow(/abort/i);
  stay.abort();
  await expect(other).rejects.toThrow(/abort/i);
  expect(unreadDocuments(task, data)).not.toBeNull();

  await Promise.all([vocabularies.ready(task, data, never), vocabularies.ready(task, data, never)]);
  expect(unreadDocuments(task, data)).toBeNull();
  expect(createTask(task, 1, data).bpe?.vocabulary.length).toBeGreaterThan(262);
});

it('tells of a bad line, and asks nothing of a task without a vocabulary of its own', async () => {
  const { task } = asked(5);
  const bytes = new TextEncoder().encode('not json\n');
  const data = new Map(dataFilesOf(task).map(({ path }) => [path, bytes]));
  await expect(new Vocabularies().ready(task, data, never)).rejects.toThrow('corpus.jsonl, line 1: not JSON');
  await new Vocabularies().ready(defaultSession.task, new Map(), never);
});
