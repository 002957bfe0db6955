import { describe, expect, it } from 'vitest';
import { parseSession } from '../config/parse-session';
import { sessionProblems } from '../config/session-checks';
import { withTeacher } from '../config/teacher-session';
import { writeCheckpoint } from '../formats/huggingface';
import { filesInMemory } from '../formats/model-files';
import { openAnyModel } from '../formats/open-model';
import { tinyQwen3 as arch } from '../formats/tiny-qwen3.test-data';
import { Random } from '../lib/philox';
import { createTask, dataFilesOf } from '../tasks/registry';
import { textCorpus, textSession } from '../tasks/text/text.test-data';
import { checkpointTensors } from '../tensors/layout';
import { Sentences } from './stages/pretrain-batch';
import { sftBatch } from './stages/sft-batch';
import { TaskTokens } from './task-tokens';
import { asTeacher, checkTeacher, teacherOf, teacherScores, type TeacherVectors } from './teacher';
import { smallEmbedder } from './teacher.test-data';

const { bytes } = textCorpus(60);
const plain = textSession(bytes);
const SHA = 'ab'.repeat(32);
const taught = withTeacher(plain, { sha256: SHA, name: 'small', from: '' });

describe('the teacher of a session', () => {
  it('is the one that it names, and an encoder', async () => {
    const { opened, hash } = await smallEmbedder(['a']);
    expect(teacherOf(withTeacher(plain, { sha256: hash, name: '', from: '' }), opened, hash, 'it').sha256).toBe(hash);
    expect(() => teacherOf(taught, opened, hash, 'it')).toThrow(
      `it: its SHA-256 is ${hash.slice(0, 12)}…, expected abababababab… (small), the teacher of the session`,
    );
    const tensors = new Map(
      checkpointTensors(arch).map(({ name, length }) => [name, new Float32Array(length).fill(1)]),
    );
    const decoder = await openAnyModel(filesInMemory(writeCheckpoint(arch, tensors, {})), 'it');
    expect(() => asTeacher(decoder, 'it')).toThrow(
      'it: a qwen3 model, expected a small embedder as the teacher, a bert encoder such as all-MiniLM-L6-v2',
    );
    expect(() => checkTeacher(taught, null)).toThrow(
      'sft.teacher names small (abababababab…), expected it to be at hand',
    );
    expect(() => checkTeacher(plain, { ...teacherOf(taught, opened, SHA, 'it') })).toThrow('expected none');
  });

  it.each<[{ teacher?: object; weight_distil?: number; steps?: number }, string, string]>([
    [{ teacher: { name: 'x' } }, 'sft.teacher.name', 'nothing, because sft.teacher.sha256 names no teacher'],
    [{ weight_distil: 1 }, 'sft.weight_distil', '0, because sft.teacher.sha256 names no teacher'],
    [{ teacher: { sha256: 'abc' }, weight_distil: 1 }, 'sft.teacher.sha256', 'a SHA-256 in 64 hexadecimal digits'],
    [{ teacher: { sha256: SHA } }, 'sft.weight_distil', 'more than 0, because sft.teacher names a teacher'],
    [
      { teacher: { sha256: SHA }, weight_distil: 1, steps: 0 },
      'sft.steps',
      'at least 1, because sft.teacher teaches there',
    ],
  ])('is refused where it contradicts itself: %j', (sft, path, expected) => {
    const session = structuredClone(plain);
    const teacher = { ...session.sft.teacher, ...sft.teacher };
    const problems = sessionProblems({ ...session, sft: { ...session.sft, ...sft, teacher } });
    expect(problems.map((problem) => [problem.path, problem.expected])).toEqual([[path, expected]]);
  });

  it('is for one’s own documents alone', () => {
    expect(() => parseSession({ sft: { teacher: { sha256: SHA }, weight_distil: 1 } }, 'it')).toThrow(
      'it: sft.teacher.sha256 is "abababab',
    );
    expect(sessionProblems(taught)).toEqual([]);
  });
});

describe('a batch with a teacher', () => {
  const data = new Map(dataFilesOf(plain.task).map(({ path }) => [path, bytes]));
  const task = createTask(plain.task, 1, data);
  const texts = task.taught!();
  const tokens = new TaskTokens(task, 128);
  const sentences = new Sentences(task, tokens);
  // Of one number each: what is read of them is plain in the scores.
  const vectors: TeacherVectors = { channels: 1, rows: Float32Array.from(texts, (_, at) => at + 1) };
  const sft = { ...plain.sft, mode: 'both' } as const;

  it('is the same batch as without, with its score of each query with each document', () => {
    for (let t = 1; t <= 20; t++) {
      const { contrastive, ...rest } = sftBatch(task, tokens, sentences, sft, t, new Random(1, 'sft', t), vectors);
      const { teacher, ...pairs } = contrastive;
      const without = sftBatch(task, tokens, sentences, sft, t, new Random(1, 'sft', t));
      expect({ ...rest, contrastive: pairs }).toEqual(without);
      const [queries, columns] = [pairs.queryRows.length, pairs.documentRows.length];
      expect(queries).toBe(2 * sft.batch_size);
      expect(teacher).toHaveLength(queries * columns);
      // A document is worth its place, and one, in every row; a crop is worth as much as the document that it finds.
      const u = new Random(1, 'sft', t);
      const drawn: (number | undefined)[] = [];
      const seen = { ...task, sampleQuery: (...args: Parameters<typeof task.sampleQuery>) => noted(args) };
      const noted = (args: Parameters<typeof task.sampleQuery>) => {
        const query = task.sampleQuery(...args);
        drawn.push(query.taught, query.relevant[0]!.document);
        return query;
      };
      sftBatch(Object.assign(Object.create(task) as typeof task, { sampleQuery: seen.sampleQuery }), tokens, sentences, sft, t, u); // prettier-ignore
      const documents = [...new Set(drawn.filter((_, i) => i % 2 === 1))];
      expect(columns).toBe(documents.length);
      for (let i = 0; i < queries; i++) {
        const place = drawn[2 * Math.floor(i / 2)]!;
        expect([...teacher!.subarray(i * columns, (i + 1) * columns)]).toEqual(
          documents.map((row) => (place + 1) * (row! + 1)),
        );
      }
    }
  });

  it('asks it a title by itself, and a crop by the document that it comes from', () => {
    const u = new Random(3, 'sft', 1).uniform;
    const drawn = Array.from({ length: 200 }, () => task.sampleQuery(1, true, u));
    const titles = drawn.filter(({ taught: place }) => place! >= task.documents.length);
    expect(titles.length).toBeGreaterThan(50);
    expect(titles.length).toBeLessThan(150);
    for (const { taught: place, text } of titles) expect(texts[place!]!.toLowerCase()).toContain(text);
    for (const { taught: place, relevant } of drawn) {
      if (place! < task.documents.length) expect(place).toBe(relevant[0]!.document);
    }
    // What is asked in the end is nothing that it has taught.
    for (const split of ['dev', 'test'] as const) {
      for (const { text } of task.heldOut(split, 99)) expect(texts.slice(task.documents.length)).not.toContain(text);
    }
  });

  it('has the dot products of the vectors', () => {
    const two = { channels: 2, rows: Float32Array.of(1, 0, 0, 1, 0.5, 2, 3, 4) };
    expect([...teacherScores(two, [3, 2], [1, 0])]).toEqual([4, 3, 2, 0.5]);
  });
});
