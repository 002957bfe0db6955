/**
 * Trains a small model on the documents of Cranfield, a collection of other people, and evaluates it on the test
 * queries beside BM25 and their fusion. Writes docs/results/cranfield.json and docs/cranfield.md; nobody types a
 * figure.
 *
 *   node scripts/bench.mjs cranfield [FOLDER]   FOLDER in BEIR layout; ../shared/data/cranfield where absent
 */
import { readFileSync } from 'node:fs';
import { documentText, type BeirQuery, type Qrels } from '../src/formats/beir';
import { readBeir } from '../src/formats/collection/read-collection';
import { loadCheckpoint, checkpointModel, checkpointPrompts } from '../src/host/node/checkpoint';
import { openSources, ROOM } from '../src/host/node/files';
import { openGpu } from '../src/host/node/gpu';
import { progressOf } from '../src/host/node/output';
import { bootstrapInterval } from '../src/retrieval/bootstrap';
import { evaluateRun } from '../src/retrieval/metrics';
import { bm25Rankings, fuseRankings, runOf } from '../src/retrieval/rankings';
import type { Ranked } from '../src/retrieval/top-k';
import { EncodedDocuments } from '../src/training/benchmark/model-rankings';
import { withIntervals } from '../src/training/benchmark/score-run';
import { adapterName, figure, mean, runMissing, writeResults } from './long-runs';
import { today } from './record';

const folder = process.argv[2] ?? '../shared/data/cranfield';
const RUN = {
  name: 'cranfield',
  session: 'text',
  data: folder,
  set: ['sft.steps=1200', 'evaluation.every=0', 'checkpoint.every=40'],
};

runMissing([RUN]);
const sources = openSources(folder, 'a folder in BEIR layout');
const { documents, queries, qrels } = await readBeir(sources, 'test', folder, ROOM);
const checkpoint = await loadCheckpoint(`runs/${RUN.name}/checkpoint`);
const gpu = await openGpu();
const model = await checkpointModel(gpu, checkpoint);
const prompts = await checkpointPrompts(checkpoint);

interface System {
  name: string;
  found: Ranked[];
}
const nDcg = (asked: readonly BeirQuery[], judged: Qrels, found: readonly Ranked[]): number[] => {
  const { perQuery } = evaluateRun(runOf(asked, documents, found), judged);
  return asked.flatMap(({ id }) => perQuery.get(id)?.ndcg_cut_10 ?? []);
};

const encoded = await EncodedDocuments.encode(model, prompts, documents, progressOf('passages embedded'));
const indexed = documents.map((document) => ({ id: document.id, text: documentText(document) }));
const bm25 = await bm25Rankings(indexed, queries);
const direct = await encoded.rank(queries, false, progressOf('queries embedded'));
const reasoning = await encoded.rank(queries, true, progressOf('queries embedded'));
const systems: System[] = [
  { name: 'BM25', found: bm25 },
  { name: 'model, at once', found: direct.found },
  { name: 'model, after reasoning', found: reasoning.found },
  { name: 'fusion with the model at once', found: fuseRankings([bm25, direct.found], documents) },
  { name: 'fusion with reasoning', found: fuseRankings([bm25, reasoning.found], documents) },
];
gpu.destroy();

const base = nDcg(queries, qrels, bm25);
const scored = systems.map(({ name, found }) => {
  const { perQuery } = evaluateRun(runOf(queries, documents, found), qrels);
  const differences = nDcg(queries, qrels, found).map((value, i) => value - base[i]!);
  return {
    name,
    ...withIntervals(perQuery.values()),
    over_bm25: { ndcg_cut_10: mean(differences), ci95: bootstrapInterval(differences, 1) },
  };
});
const record = {
  command: 'node scripts/bench.mjs cranfield',
  date: today(),
  adapter: adapterName(),
  commit: readFileSync(`runs/${RUN.name}/commit`, 'utf8').trim(),
  set: RUN.set,
  session: JSON.parse(readFileSync(`runs/${RUN.name}/session.json`, 'utf8')) as unknown,
  parameters: model.table.parameters,
  queries: base.length,
  documents: documents.length,
  passages: encoded.passages,
  split: encoded.split,
  not_emitted: reasoning.notEmitted,
  systems: scored,
};
const range = ([low, high]: readonly [number, number]): string => `${figure(low)} to ${figure(high)}`;
const signed = (value: number): string => `${value > 0 ? '+' : ''}${value.toFixed(3)}`;
writeResults('cranfield', record, [
  '# Cranfield: other people’s text',
  '',
  `Written by \`${record.command}\` on ${record.date}, on ${record.adapter}; the run began at commit ${record.commit}. A model of ${(record.parameters / 1e6).toFixed(2)} M parameters and its vocabulary were learnt from the ${record.documents} documents alone: no query and no judgement was seen. ${record.split} documents are longer than its context and were searched by their best passage (${record.passages} passages). ${record.queries} test queries; intervals are 95 % bootstraps over them. After ${record.not_emitted} queries the reasoning did not end.`,
  '',
  '| system | nDCG@10 | 95 % | MAP | Recall@100 | nDCG@10 over BM25 | 95 % |',
  '|---|---|---|---|---|---|---|',
  ...scored.map(
    ({ name, ndcg_cut_10, map, recall_100, ci95, over_bm25 }) =>
      `| ${name} | ${figure(ndcg_cut_10)} | ${range(ci95.ndcg_cut_10)} | ${figure(map)} | ${figure(recall_100)} | ${signed(over_bm25.ndcg_cut_10)} | ${signed(over_bm25.ci95[0])} to ${signed(over_bm25.ci95[1])} |`,
  ),
  '',
]);
