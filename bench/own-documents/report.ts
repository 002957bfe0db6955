/** What the figures look like in docs/own-documents.md, and on the task's page. */
import { figure } from '../long-runs';
import { NAMES, TRAINED, type Difference, type Figures, type Kept, type System, type Trained } from './record';

const range = ([low, high]: readonly [number, number]): string => `${figure(low)} to ${figure(high)}`;
const signed = (value: number): string => `${value >= 0 ? '+' : ''}${value.toFixed(3)}`;
const over = ({ mean, ci95: [low, high] }: Difference): string => `${signed(mean)} (${signed(low)} to ${signed(high)})`;

const row = (name: string, of: Omit<System, 'over_bm25'>, overBm25: string, overMinilm: string): string =>
  `| ${name} | ${figure(of.ndcg_cut_10)} | ${range(of.ci95.ndcg_cut_10)} | ${figure(of.recall_100)} | ${overBm25} | ${overMinilm} |`;

const lines = (name: string, { alone, fused, together }: Kept): string[] => [
  row(`${name}, alone`, alone, over(alone.over_bm25), ''),
  ...[
    { of: fused, with: 'fused' },
    { of: together, with: 'fused with BM25 and MiniLM' },
  ].flatMap(
    (one) =>
    one.of ? [row(`${name}, ${one.with}`, one.of, over(one.of.over_bm25), one.of.over_minilm ? over(one.of.over_minilm) : '')] : [], // prettier-ignore
  ),
];

/** What is said of a trained model under a collection's table. */
function said(how: Trained, found: Kept | null): string[] {
  const name = `${NAMES[how].charAt(0).toUpperCase()}${NAMES[how].slice(1)}`;
  if (!found) return [`${name}: not run yet.`, ''];
  const { why, split, torch_cosine: alike, reasoning, together } = found;
  const three = together
    ? ` With MiniLM as a third: ${together.why} Over BM25 and MiniLM by weights chosen there: ${together.over_without ? over(together.over_without) : 'not asked yet'}.`
    : '';
  const passages = split === 0 ? '' : ` ${split} documents were longer than its context and were searched by their best passage.`; // prettier-ignore
  const torch = alike === null ? '' : ` Trained and its documents embedded with torch (least cosine with ours, of those that were compared: ${alike.toFixed(6)}).`; // prettier-ignore
  return [`${name}: ${why}${passages}${torch}${three} Keywords written first: ${reasoning ?? 'not asked yet.'}`, ''];
}

/** What is particular about a collection. */
const NOTES: Readonly<Record<string, string>> = {
  medline: ' From SMART’s files, of which the copy at hand has 29 of the 30 queries. Its documents have no titles: models learn from crops alone, and no weight can be chosen. The one from scratch was trained with torch (docs/cluster.md), by the same batches.', // prettier-ignore
};

/** A collection's part of docs/own-documents.md, in lines. */
export function section({ collection, minilm, ...trained }: Figures): string[] {
  const all = [minilm, ...TRAINED.flatMap((how) => trained[how] ?? [])];
  const commits = [...new Set(all.map(({ commit }) => commit))].join(' and ');
  const shortened = minilm.truncated === 0 ? '' : ` ${minilm.truncated} documents were longer than its 256 tokens and lost their end.`; // prettier-ignore
  return [
    `## ${collection}`,
    '',
    `${minilm.documents} documents, ${minilm.queries} test queries; at commit ${commits}, on ${minilm.adapter}.${NOTES[collection] ?? ''}`,
    '',
    '| system | nDCG@10 | 95 % | Recall@100 | nDCG@10 over BM25 (95 %) | over MiniLM, fused (95 %) |',
    '|---|---|---|---|---|---|',
    row('BM25', minilm.bm25, '', ''),
    ...lines('MiniLM', minilm),
    ...TRAINED.flatMap((how) => (trained[how] ? lines(NAMES[how], trained[how]) : [])),
    '',
    `MiniLM: ${minilm.why}${shortened}`,
    '',
    ...TRAINED.flatMap((how) => said(how, trained[how])),
  ];
}

const shownRange = ([low, high]: readonly [number, number]) => ({ low, high });
const shownSystem = (name: string, { ndcg_cut_10: value, ci95, over_bm25: above }: System) => ({
  name,
  value,
  ...shownRange(ci95.ndcg_cut_10),
  over_bm25: { value: above.mean, ...shownRange(above.ci95) },
});

/** What the task's page shows of a collection. */
export function shown({ collection, minilm, ...of }: Figures) {
  const ours = TRAINED.flatMap((how) => (of[how] ? [{ name: NAMES[how], found: of[how] }] : []));
  const systems = [{ name: 'MiniLM', found: minilm }, ...ours];
  const { bm25 } = minilm;
  return {
    collection,
    date: minilm.date,
    adapter: minilm.adapter,
    documents: minilm.documents,
    queries: minilm.queries,
    systems: [
      { name: 'BM25', value: bm25.ndcg_cut_10, ...shownRange(bm25.ci95.ndcg_cut_10) },
      ...systems.flatMap(({ name, found }) => [
        shownSystem(`${name}, alone`, found.alone),
        shownSystem(`${name}, fused`, found.fused),
        ...(found.together ? [shownSystem(`${name}, fused with BM25 and MiniLM`, found.together)] : []),
      ]),
    ],
    notes: [
      ...ours.flatMap(({ name, found: { reasoning } }) => (reasoning === null ? [] : [`Keywords written first, ${name}: ${reasoning}`])), // prettier-ignore
      ...(ours.length === 0 ? ['No model was trained on it yet.'] : []),
    ],
  };
}
