import { describe, expect, it } from 'vitest';
import { settingsFor } from '../../config/tasks';
import { TEXT_LIMITS } from './settings';
import { InputError } from '../../lib/errors';
import { sha256 } from '../../lib/hash';
import { Random } from '../../lib/philox';
import { TaskTokens } from '../../training/task-tokens';
import { createTask, dataFilesOf, unreadDocuments } from '../registry';
import { textCorpus, textSession } from './text.test-data';

const { bytes, documents } = textCorpus(60);
const session = textSession(bytes);
const own = settingsFor(session, 'text');
const data = new Map(dataFilesOf(session.task).map(({ path }) => [path, bytes]));
const task = createTask(session.task, 1, data);
const samples = (count: number) => {
  const u = new Random(3, 'sft', 1).uniform;
  return Array.from({ length: count }, () => task.sampleQuery(1, true, u));
};

describe('a task of one’s own documents', () => {
  it('is decided by the corpus, the settings and the seed', () => {
    expect(createTask(session.task, 1, data).hash).toBe(task.hash);
    expect(createTask(session.task, 2, data).hash).not.toBe(task.hash);
    expect(createTask({ ...own, vocabulary: 400 }, 1, data).hash).not.toBe(task.hash);
    const again = createTask(session.task, 1, data);
    expect(again.sampleQuery(1, true, new Random(9, 'sft', 1).uniform)).toEqual(
      task.sampleQuery(1, true, new Random(9, 'sft', 1).uniform),
    );
  });

  it('keeps within the tokens that the session counts with', () => {
    const tokens = new TaskTokens(task, 128);
    for (const query of [...samples(400), ...task.heldOut('dev', 99), ...task.heldOut('test', 99)]) {
      expect(tokens.prompt(query.text, 'think').length).toBeLessThanOrEqual(TEXT_LIMITS.query);
      expect(tokens.encode(query.trace).length + 1).toBeLessThanOrEqual(TEXT_LIMITS.answer);
      expect(tokens.encode(query.passage ?? '').length + 1).toBeLessThanOrEqual(TEXT_LIMITS.document);
      expect(query.text).not.toBe('');
    }
    for (const { text } of task.corpus) expect(tokens.encode(text).length).toBeLessThan(TEXT_LIMITS.document);
  });

  it('never asks for a held-out title in training', () => {
    const held = new Set([...task.heldOut('dev', 99), ...task.heldOut('test', 99)].map(({ text }) => text));
    expect(held.size).toBeGreaterThan(2);
    expect(task.heldOut('dev', 2)).toEqual(task.heldOut('dev', 99).slice(0, 2));
    const asked = samples(2000).map(({ text }) => text);
    expect(asked.filter((text) => held.has(text))).toEqual([]);
    const titles = new Set(documents.map(({ title }) => title.toLowerCase()));
    const share = asked.filter((text) => titles.has(text)).length / asked.length;
    expect(share).toBeGreaterThan(0.3);
    expect(share).toBeLessThan(0.6);
  });

  it('draws crops that their passage mostly lacks, and passages of the right document', () => {
    const titles = new Set(documents.map(({ title }) => title.toLowerCase()));
    const crops = samples(1000).filter(({ text }) => !titles.has(text));
    let kept = 0;
    for (const { text, passage = '', relevant } of crops) {
      const body = documents[relevant[0]!.document]!.text.toLowerCase();
      expect(body).toContain(text);
      if (passage.includes(text)) kept++;
    }
    expect(kept / crops.length).toBeGreaterThan(0.1);
    expect(kept / crops.length).toBeLessThan(0.35);
  });

  it('writes a document’s own words as its reasoning, and ticks those', () => {
    for (const query of samples(50)) {
      const body = `${documents[query.relevant[0]!.document]!.title} ${documents[query.relevant[0]!.document]!.text}`;
      for (const word of query.trace.split(' ').filter(Boolean)) expect(body.toLowerCase()).toContain(word);
      expect(task.judge(query, `${query.trace} <|embed_token|>`).exact).toBe(true);
      expect(task.judge(query, 'zebra').hops[0]).toMatchObject({ text: 'zebra', right: false });
    }
  });

  it('knows a title that is typed', () => {
    const { title } = documents[7]!;
    expect(task.parse(title.toUpperCase())?.relevant).toEqual([{ document: 7, grade: 1 }]);
    expect(task.parse('no such title')).toBeNull();
    expect(task.parse(' ')).toBeNull();
  });

  it('cuts documents longer than the context into passages', () => {
    const tokens = new TaskTokens(task, 32);
    expect(tokens.passages.length).toBeGreaterThan(task.documents.length);
    expect(tokens.documents).toHaveLength(task.documents.length);
    for (const ids of tokens.passages) expect(ids.length).toBeLessThanOrEqual(32);
    expect(tokens.owners.at(-1)).toBe(task.documents.length - 1);
  });

  it('needs a corpus that says something, and takes no other than the one it was made for', () => {
    expect(() => dataFilesOf({ ...own, corpus: '' })).toThrow(/task\.corpus is "", expected the hash/);
    const poor = new TextEncoder().encode('{"_id":"a","text":"too short"}\n');
    const named = { ...own, corpus: sha256(poor) };
    const given = new Map(dataFilesOf(named).map(({ path }) => [path, poor]));
    expect(() => createTask(named, 1, given)).toThrow(InputError);
    expect(() => createTask(named, 1, given)).toThrow(/fewer than four documents/);
  });
});

it('is read step by step, told as it goes, and once', () => {
  const other = textCorpus(100).bytes;
  const settings = { ...own, corpus: sha256(other) };
  const files = new Map(dataFilesOf(settings).map(({ path }) => [path, other]));
  const steps = [...unreadDocuments(settings, files)!.read()];
  expect([...new Set(steps.map(({ what }) => what))]).toEqual(['texts', 'merges', 'encoded']);
  const encoded = steps.filter(({ what }) => what === 'encoded');
  expect(encoded.map(({ done }) => done)).toEqual([0, 32, 64, 96]);
  expect(encoded.every(({ of }) => of === 100)).toBe(true);
  expect(unreadDocuments(settings, files)).toBeNull();
  // Other settings read it again, with the same result as in one go.
  expect(unreadDocuments({ ...settings, vocabulary: 400 }, files)).not.toBeNull();
  const { hash, corpus } = createTask(settings, 1, files);
  createTask(session.task, 1, data);
  expect(unreadDocuments(settings, files)).not.toBeNull();
  const again = createTask(settings, 1, files);
  expect([again.hash, again.corpus]).toEqual([hash, corpus]);
});
