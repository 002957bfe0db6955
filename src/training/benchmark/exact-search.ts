import type { Gpu } from '../../gpu/gpu';
import { Recorder } from '../../gpu/recorder';
import { matmul } from '../../kernels/matmul';
import { countWords, fixedRows } from '../../kernels/rows';
import { rankingFromScores, type Ranked } from '../../retrieval/top-k';

/** Documents and queries that one product takes. */
const DOCUMENTS = 4096;
const QUERIES = 256;
/** Scores that lie on the CPU at once. */
const SCORES = 32 * 2 ** 20;

export interface Vectors {
  /** L2-normalised rows (…, channels). */
  queries: Float32Array;
  documents: Float32Array;
  channels: number;
  /** The document that each row is a passage of, ascending from 0; every row is one where absent. */
  owners?: Int32Array;
}

/**
 * The best documents of every query by cosine, comparing each with each on the GPU, a block at a time. Of several
 * passages of a document the best one counts.
 * @param compareTies negative where document a goes before document b of the same score.
 * @returns cosines, by query.
 */
export async function exactSearch(
  gpu: Gpu,
  { queries, documents, channels, owners }: Vectors,
  topK: number,
  compareTies: (a: number, b: number) => number,
): Promise<Ranked[]> {
  const total = documents.length / channels;
  const columns = Math.min(DOCUMENTS, total);
  const wanted = Math.min(queries.length / channels, QUERIES, Math.max(1, Math.floor(SCORES / total)));
  const rowBytes = channels * 4;
  const views = {
    queries: gpu.buffer('search queries', wanted * rowBytes),
    documents: gpu.buffer('search documents', columns * rowBytes),
    scores: gpu.buffer('search scores', wanted * columns * 4),
    counts: gpu.upload('search counts', countWords({})),
  };
  const recorder = new Recorder(gpu, 'exact search');
  matmul(
    recorder,
    { counts: views.counts },
    {
      rows: fixedRows(wanted),
      inner: fixedRows(channels),
      columns,
      a: { view: views.queries, stride: channels },
      b: { view: views.documents, stride: channels, transposed: true },
      c: views.scores,
      cStride: columns,
    },
  );
  const program = await recorder.finish();
  const found: Ranked[] = [];
  for (let from = 0; from * channels < queries.length; from += wanted) {
    const block = queries.subarray(from * channels, (from + wanted) * channels);
    const rows = block.length / channels;
    gpu.write(views.queries, block);
    const all = new Float32Array(rows * total);
    for (let first = 0; first < total; first += columns) {
      const last = Math.min(total, first + columns);
      gpu.write(views.documents, documents.subarray(first * channels, last * channels));
      program.run();
      const scores = await gpu.readFloats(views.scores, rows * columns);
      for (let row = 0; row < rows; row++) {
        all.set(scores.subarray(row * columns, row * columns + last - first), row * total + first);
      }
    }
    for (let row = 0; row < rows; row++) {
      const each = all.subarray(row * total, (row + 1) * total);
      const scores = owners ? bestPassages(each, owners) : each;
      const best = rankingFromScores(scores, topK, compareTies);
      found.push({ rows: best, scores: Float32Array.from(best, (document) => scores[document]!) });
    }
  }
  program.destroy();
  gpu.free(...Object.values(views));
  return found;
}

/** The best score of each document among those of its passages. */
export function bestPassages(scores: Float32Array, owners: Int32Array): Float32Array {
  const best = new Float32Array(scores.length > 0 ? owners.at(-1)! + 1 : 0).fill(-Infinity);
  owners.forEach((owner, row) => {
    if (scores[row]! > best[owner]!) best[owner] = scores[row]!;
  });
  return best;
}
