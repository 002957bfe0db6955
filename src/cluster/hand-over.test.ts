import { describe, expect, it } from 'vitest';
import type { PartialSession } from '../config/session';
import { sessionArchitecture } from '../config/session-checks';
import { withTeacher } from '../config/teacher-session';
import { readSafetensors } from '../formats/safetensors';
import type { FileContents } from '../formats/streamed-checkpoint';
import { InputError } from '../lib/errors';
import { sha256 } from '../lib/hash';
import { Random } from '../lib/philox';
import { createTask, dataFilesOf } from '../tasks/registry';
import { textCorpus, textSession } from '../tasks/text/text.test-data';
import { TensorTable } from '../tensors/table';
import { tokensOf } from '../training/base';
import { Sentences } from '../training/stages/pretrain-batch';
import { sftBatch } from '../training/stages/sft-batch';
import { drawQueries } from '../training/stages/grpo-rollout';
import { tinySession, tinyWorld } from '../training/tiny.test-data';
import { handOverFiles } from './hand-over';

const steps = { pretrain: { steps: 3 }, sft: { steps: 5, batch_size: 6 }, grpo: { steps: 4, batch_size: 3 } };

function written(contents: FileContents | undefined): Uint8Array {
  if (contents instanceof Uint8Array) return contents;
  throw new Error('a model that is born here is written at once');
}

async function handedOver(overrides: PartialSession = steps) {
  const world = tinyWorld(tinySession(overrides));
  const table = new TensorTable(sessionArchitecture(world.session, world.task.vocabulary.length), {
    blockBytes: Infinity,
  });
  const weights = [new Float32Array(table.bytes / 4).fill(0.5)];
  const files = await handOverFiles(world.session, world.task, { weights, step: 3, metrics: [] });
  const text = (name: string): string => new TextDecoder().decode(written(files.get(name)));
  const lines = (name: string): unknown[] =>
    text(name)
      .split('\n')
      .filter((line) => line !== '')
      .map((line): unknown => JSON.parse(line));
  return { ...world, files, text, lines };
}

describe('what is handed over to a cluster', async () => {
  const { session, task, tokens, sentences, files, text, lines } = await handedOver();

  it('holds the batches that the lab would have drawn', () => {
    const sequences = lines('batches/sequences.jsonl') as { ids: number[]; from: number | null }[];
    const written = lines('batches/sft.jsonl') as {
      queries: [number, number, number][];
      documents: number[];
      replay: number[];
    }[];
    expect(written).toHaveLength(5);
    written.forEach((step, i) => {
      const random = new Random(session.seed, 'sft', i + 1);
      const { contrastive, ...batch } = sftBatch(task, tokens, sentences, session.sft, i + 1, random);
      const rows = [...step.queries.map(([row]) => row), ...step.documents, ...step.replay];
      const sorted = (all: readonly (readonly number[])[]) => all.map((ids) => ids.join()).sort();
      expect(sorted(rows.map((row) => sequences[row]!.ids))).toEqual(sorted(batch.sequences));
      expect(step.queries.map(([, positive]) => positive)).toEqual([...contrastive.positive]);
      expect(step.queries.map(([, , negative]) => negative)).toEqual([...contrastive.negative]);
      const learnt = step.queries.flatMap(([row]) => {
        const { ids, from } = sequences[row]!;
        return ids.slice(from!);
      });
      expect(learnt).toEqual([...batch.answers.labels]);
      expect(step.replay).toHaveLength(session.sft.replay_batch_size);
    });
    const prompts = lines('batches/prompts.jsonl') as { text: string; ids: number[] }[];
    (lines('batches/grpo.jsonl') as { prompts: number[] }[]).forEach((step, i) => {
      const drawn = drawQueries({ session, task }, new Random(session.seed, 'grpo', i + 1));
      expect(step.prompts.map((row) => prompts[row]!.text)).toEqual(drawn.map((query) => query.text));
      expect(step.prompts.map((row) => prompts[row]!.ids)).toEqual(
        drawn.map((query) => tokens.prompt(query.text, 'think')),
      );
    });
  });

  it('says what it is, and of which session and model', () => {
    const about: unknown = JSON.parse(text('hand-over.json'));
    expect(about).toMatchObject({
      format: 1,
      step: 3,
      task: task.hash,
      model: sha256(written(files.get('model/model.safetensors'))),
      embed_token_id: tokens.embed,
      stages: [
        { stage: 'sft', firstStep: 4, steps: 5 },
        { stage: 'grpo', firstStep: 9, steps: 4 },
      ],
    });
  });

  it('judges every query by documents that are there', () => {
    const documents = new Set((lines('data/corpus.jsonl') as { _id: string }[]).map(({ _id }) => _id));
    const queries = (lines('data/queries.jsonl') as { _id: string }[]).map(({ _id }) => _id);
    expect(new Set(queries).size).toBe(queries.length);
    for (const split of ['train', 'dev', 'test']) {
      const [head, ...rows] = text(`data/qrels/${split}.tsv`).trim().split('\n');
      expect(head).toBe('query-id\tcorpus-id\tscore');
      expect(rows.length).toBeGreaterThan(0);
      for (const row of rows) {
        const [query, document] = row.split('\t');
        expect(queries).toContain(query);
        expect(documents.has(document!)).toBe(true);
      }
    }
  });

  it('brings the embeddings of a teacher, and which of them each step compares', async () => {
    const { bytes } = textCorpus(40);
    const plain = textSession(bytes);
    const session = withTeacher(plain, { sha256: 'a'.repeat(64), name: 'small', from: '' });
    const data = new Map(dataFilesOf(plain.task).map(({ path }) => [path, bytes]));
    const task = createTask(session.task, session.seed, data);
    const texts = task.taught!().length;
    const teacher = { channels: 2, rows: Float32Array.from({ length: 2 * texts }, (_, i) => i / texts) };
    const table = new TensorTable(sessionArchitecture(session, task.vocabulary.length));
    const start = { weights: [new Float32Array(table.bytes / 4)], step: 2, metrics: [] };
    const files = await handOverFiles(session, task, start, null, teacher);
    const kept = written(files.get('teacher.safetensors'));
    expect([...readSafetensors(kept, 'it').get('texts')!.data]).toEqual([...teacher.rows]);
    const about: unknown = JSON.parse(new TextDecoder().decode(written(files.get('hand-over.json'))));
    expect(about).toMatchObject({ teacher: sha256(kept) });
    const steps = new TextDecoder()
      .decode(written(files.get('batches/sft.jsonl')))
      .trim()
      .split('\n');
    const batch = sftBatch(task, tokensOf(session, task, null), new Sentences(task, tokensOf(session, task, null)), session.sft, 1, new Random(session.seed, 'sft', 1)); // prettier-ignore
    expect(JSON.parse(steps[0]!)).toMatchObject({
      taught: { queries: batch.ranked.asked, documents: batch.ranked.documents },
    });
    expect(batch.ranked.asked).toHaveLength(batch.contrastive.queryRows.length);
    await expect(handOverFiles(session, task, start)).rejects.toThrow('a teacher goes with');
  });

  it('is refused where nothing is left to train, and where a cluster cannot do it', async () => {
    await expect(handedOver({ ...steps, sft: { steps: 0 }, grpo: { steps: 0 } })).rejects.toThrow(InputError);
    const halves = { ...steps, model: { fp16: true } };
    await expect(handedOver(halves)).rejects.toThrow('model.fp16: true, expected false');
    const contrastive = { ...steps, grpo: { ...steps.grpo, contrastive_weight: 0.1 } };
    await expect(handedOver(contrastive)).rejects.toThrow(/contrastive_weight/);
  });
});
