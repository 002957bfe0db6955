/** A model on a collection, by what `lab eval` does; computed once, embeddings a few at a time. */
import { appendFileSync, existsSync, mkdirSync, readFileSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import * as v from 'valibot';
import { documentText, type BeirDocument } from '../../src/formats/beir';
import { readBeir } from '../../src/formats/collection/read-collection';
import { checkpointPrompts, loadEmbedder } from '../../src/host/node/checkpoint';
import { Contest, type KeptFor, type Standing } from '../../src/host/node/contest';
import { openSources, ROOM } from '../../src/host/node/files';
import { openGpu } from '../../src/host/node/gpu';
import { heldOutTitles } from '../../src/host/node/held-out-titles';
import { developmentSet } from '../../src/training/benchmark/development-set';
import { Embedder, type EmbeddingModel } from '../../src/training/benchmark/embedder';
import type { EmbeddingPrompts } from '../../src/training/benchmark/embedding-prompts';
import type { KeptVectors } from '../../src/training/benchmark/model-rankings';
import { difference as paired } from '../../src/training/benchmark/score-run';
import { embeddedByTorch } from '../adapted-run';
import { commitNow, today } from '../record';
import { kept, slug, type Kept, type Trained } from './record';

const KEPT = 'runs/own-documents';
export const MINILM = '.models/all-MiniLM-L6-v2';

/** Sequences embedded between two writes. */
const CHUNK = 64;

type Sequences = readonly (readonly number[])[];
type Read = Awaited<ReturnType<typeof readBeir>>;

/** Embeddings of sequences by a model, in a file; those that are in it are not made again. */
const inFile = (path: string, prompts: EmbeddingPrompts, sequences: Sequences, model: EmbeddingModel): KeptVectors => ({
  read: async () => {
    const channels = model.architecture.hidden_size;
    const embedder = new Embedder(model, prompts);
    const rows = existsSync(path) ? Math.floor(statSync(path).size / (channels * 4)) : 0;
    // What was written half-way is made again.
    const done = rows === sequences.length ? rows : rows - (rows % CHUNK);
    if (existsSync(path)) truncateSync(path, done * channels * 4);
    for (let at = done; at < sequences.length; at += CHUNK) {
      const vectors = await embedder.direct(sequences.slice(at, at + CHUNK));
      appendFileSync(path, new Uint8Array(vectors.buffer));
      process.stderr.write(`${path}: ${Math.min(at + CHUNK, sequences.length)}/${sequences.length}\n`);
    }
    const bytes = existsSync(path) ? readFileSync(path) : new Uint8Array();
    return new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length));
  },
  keep: () => Promise.resolve(),
});

/** The documents whose held-out titles choose a model's weight, without these. @param folder the model's. */
function titled(read: Read, folder: string): BeirDocument[] {
  const splits = new Map([...read.others, ['test', read.qrels]]);
  const { documents, changed } = developmentSet({ ...read, splits }, 'test', heldOutTitles(folder));
  return changed.map((row) => documents[row]!);
}

const sequencesOf = (documents: readonly BeirDocument[], prompts: EmbeddingPrompts): Sequences =>
  prompts.passages(documents.map(documentText)).sequences;

const fileOf = (collection: string, name: string): string => `${KEPT}/${collection}-${name}.json`;

/** What an earlier call scored, if only in part. */
export function keptBefore(collection: string, how: Trained | 'minilm'): Kept | null {
  const file = fileOf(collection, slug(how));
  return existsSync(file) ? v.parse(kept, JSON.parse(readFileSync(file, 'utf8'))) : null;
}

const isFused = ({ fused, together }: Kept): boolean =>
  fused.over_minilm !== null && together !== null && together.over_minilm !== null && together.over_without !== null;

/** Whether nothing is left to ask; a model that is trained here learns to write keywords, too. */
const isWhole = (found: Kept): boolean => isFused(found) && found.reasoning !== null;

/** Why a model that was taught to embed at once alone is not asked for keywords. */
const WROTE_NONE = 'it was taught to write none.';

/**
 * The result of `lab eval` for a model on a collection.
 * @param from the collection's folder. @param path the model's.
 */
export async function evaluated(
  collection: string,
  how: Trained | 'minilm',
  path: string,
  from: string,
): Promise<Kept> {
  const before = keptBefore(collection, how);
  if (before && (how === 'minilm' || isWhole(before))) return before;
  const name = slug(how);
  const read = await readBeir(openSources(from, 'a folder in BEIR layout'), 'test', from, ROOM);
  mkdirSync(KEPT, { recursive: true });
  const keep = (record: Kept): void => writeFileSync(fileOf(collection, name), `${JSON.stringify(record, null, 1)}\n`);
  const queries = read.queries.filter(({ id }) => read.qrels.has(id));
  const checkpoint = await loadEmbedder(path);
  const prompts = await checkpointPrompts(checkpoint);
  const texts = {
    documents: sequencesOf(read.documents, prompts),
    titled: sequencesOf(titled(read, checkpoint.folder), prompts),
  };
  const files = { documents: `${KEPT}/${collection}-${name}.f32`, titled: `${KEPT}/${collection}-${name}-titled.f32` };
  const vectors: KeptFor = (model, of) => inFile(files[of], prompts, texts[of], model);
  // The adapted model is larger than what a processor embeds a collection by in a while.
  const isLarge = how === 'adapted' || how === 'adapted_taught';
  const alike = isLarge ? await embeddedByTorch(path, texts.documents, files.documents) : null;
  if (isLarge) await embeddedByTorch(path, texts.titled, files.titled);
  const gpu = await openGpu();
  try {
    const contest = new Contest(gpu, read, queries, 'test');
    const { found: lexical } = await contest.lexical();
    const bm25 = contest.score(lexical);
    const of = ({ system: found, ndcg }: Standing) => ({ ...found, over_bm25: paired(ndcg, bm25.ndcg) });
    const judged = async (record: Kept): Promise<Kept> => {
      if (how === 'minilm' || record.reasoning !== null) return record;
      const { why } = await contest.reasoning(checkpoint, prompts, vectors);
      return { ...record, reasoning: why };
    };
    if (before && isFused(before)) {
      const whole = await judged(before);
      keep(whole);
      return whole;
    }
    const own = await contest.ranked(checkpoint, prompts, false, lexical, vectors);
    const { encoded, score, choice, fused } = own;
    const record: Kept = {
      commit: commitNow(),
      adapter: gpu.adapter.description,
      date: today(),
      queries: bm25.ndcg.length,
      documents: read.documents.length,
      truncated: encoded.truncated,
      split: encoded.split,
      bm25: bm25.system,
      alone: of(score),
      fused: { ...of(fused), over_minilm: null },
      why: choice.why,
      reasoning: how === 'direct' || how === 'adapted_taught' ? WROTE_NONE : (before?.reasoning ?? null),
      together: null,
      chosen_by: [...choice.ndcg_cut_10],
      torch_cosine: alike,
    };
    keep(record);
    if (how === 'minilm') return record;
    const rival = await loadEmbedder(MINILM);
    const rivalPrompts = await checkpointPrompts(rival);
    const passages = sequencesOf(read.documents, rivalPrompts);
    const rivalVectors: KeptFor = (model, of) =>
      of === 'documents' ? inFile(`${KEPT}/${collection}-minilm.f32`, rivalPrompts, passages, model) : undefined;
    const beside = await contest.ranked(rival, rivalPrompts, false, lexical, rivalVectors, own);
    const all = beside.together!;
    const over_without = paired(all.ndcg, all.without.ndcg);
    const over_minilm = (standing: Standing) => ({ over_minilm: paired(standing.ndcg, beside.fused.ndcg) });
    const whole = await judged({
      ...record,
      fused: { ...of(fused), ...over_minilm(fused) },
      together: { ...of(all), ...over_minilm(all), over_without, why: all.choice.why },
    });
    keep(whole);
    return whole;
  } finally {
    gpu.destroy();
  }
}
