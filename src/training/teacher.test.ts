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
  const { documents, queries } = task.taught!();
  const tokens = new TaskTokens(task, 128);
  const sentences = new Sentences(task, tokens);
  // Of one number each: what is read of them is plain in the scores.
  const vectors: TeacherVectors = {
    channels: 1,
    documents: Float32Array.from(documents, (_, row) => row + 1),
    queries: Float32Array.from(queries, (_, at) => at + 1),
  };

  it('asks what the teacher has read, and has its score of each query with each document', () => {
    const asked = new Map(queries.map((text, at) => [tokens.prompt(text, 'direct').join(), at + 1]));
    const documentOf = new Map(tokens.documents.map((ids, row) => [ids.join(), row]));
    const sft = { ...plain.sft, mode: 'direct' } as const;
    for (let t = 1; t <= 20; t++) {
      const batch = sftBatch(task, tokens, sentences, sft, t, new Random(1, 'sft', t), vectors);
      const { queryRows, documentRows, positive, teacher } = batch.contrastive;
      const columns = documentRows.length;
      expect(teacher).toHaveLength(queryRows.length * columns);
      const ends = new Map<number, readonly number[]>();
      batch.sequences.reduce((row, ids) => (ends.set(row + ids.length - 1, ids), row + ids.length), 0);
      const worth = Array.from(queryRows, (row) => asked.get(ends.get(row)!.slice(0, -1).join())!);
      const rows = Array.from({ length: columns }, (_, j) => teacher![j]! / worth[0]! - 1);
      expect(rows.every((row) => Number.isInteger(Math.fround(row)))).toBe(true);
      worth.forEach((value, i) =>
        expect([...teacher!.subarray(i * columns, (i + 1) * columns)]).toEqual(rows.map((row) => value * (row + 1))),
      );
      // Rows of the task, each in the column of its document: the whole one, where no passage of it is shown.
      documentRows.forEach((row, j) => {
        const whole = documentOf.get(ends.get(row)!.join());
        if (whole !== undefined) expect(rows[j]).toBe(whole);
      });
      queryRows.forEach((_, i) => {
        const own = documents[rows[positive[i]!]!]!.toLowerCase();
        expect(own).toContain(queries[worth[i]! - 1]!);
      });
    }
  });

  it('draws titles and crops of the same document, and its passage mostly without the crop', () => {
    const u = new Random(3, 'sft', 1).uniform;
    const drawn = Array.from({ length: 400 }, () => task.sampleTaught!(u));
    let kept = 0;
    const crops = drawn.filter(({ text, relevant }) => {
      const { title = '' } = task.documents[relevant[0]!.document]!;
      return !title.toLowerCase().startsWith(text);
    });
    for (const { text, asked, relevant, split } of drawn) {
      expect(queries[asked]).toBe(text);
      const document = relevant[0]!.document;
      expect(documents[document]!.toLowerCase()).toContain(text);
      if (split !== 'train') expect(task.documents[document]!.title?.toLowerCase()).not.toBe(text);
    }
    for (const { text, passage = '' } of crops) if (passage.includes(text)) kept++;
    expect(crops.length / drawn.length).toBeGreaterThan(0.4);
    expect(crops.length / drawn.length).toBeLessThan(0.7);
    expect(kept / crops.length).toBeGreaterThan(0.05);
    expect(kept / crops.length).toBeLessThan(0.35);
    const held = new Set([...task.heldOut('dev', 99), ...task.heldOut('test', 99)].map(({ text }) => text));
    for (const text of queries) expect(held.has(text)).toBe(false);
  });

  it('has the dot products of the vectors', () => {
    const two = { channels: 2, documents: Float32Array.of(1, 0, 0, 1), queries: Float32Array.of(0.5, 2, 3, 4) };
    expect([...teacherScores(two, [1, 0], [1, 0])]).toEqual([4, 3, 2, 0.5]);
  });
});
