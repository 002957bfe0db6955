import type { Session } from '../config/session';
import type { Arm, ArmResult, Evaluation, MetricName } from '../records/records';
import type { Task } from '../tasks/task';

// The model card (`README.md`) of a trained model.

export interface CardFacts {
  /** The name that the user gave the run. */
  name: string;
  session: Session;
  task: Pick<Task, 'instructions' | 'modeWords' | 'specials'>;
  /** The step after which the model was kept, and how many the session has. */
  step: number;
  totalSteps: number;
  /** The final scores; null for a run that has not ended. */
  evaluation: Evaluation | null;
  fingerprint: string | null;
  adapter: string;
}

const ARM_NAMES: Readonly<Record<Arm, string>> = {
  reasoning: 'reasons, then embeds',
  direct: 'embeds at once, as trained',
  forced: 'made to embed at once',
  gold: 'with the right reasoning given (the ceiling)',
  shuffled: 'with another query’s reasoning (a control)',
  filler: 'with filler words in place of reasoning (a control)',
  bm25: 'BM25, no model',
  fusion: 'BM25 fused with the model',
};
const METRICS: readonly [name: MetricName, label: string][] = [
  ['ndcg_cut_10', 'nDCG@10'],
  ['recip_rank_cut_10', 'MRR@10'],
  ['recall_100', 'Recall@100'],
  ['success_1', 'Success@1'],
];
/** Number of queries below which an interval says little. */
const FEW_QUERIES = 20;

/** The `README.md` of a trained model: what it is, how well it ranks and how sure that is, and how to load it. */
export function modelCard({
  name,
  session,
  task,
  step,
  totalSteps,
  evaluation,
  fingerprint,
  adapter,
}: CardFacts): string {
  const { embed } = task.specials;
  const whole = step === totalSteps ? `all ${totalSteps} steps` : `step ${step} of ${totalSteps}`;
  return `---
library_name: transformers
pipeline_tag: feature-extraction
tags:
  - search-r3-lab
  - retrieval
---

# ${name.replace(/\s+/g, ' ')}

A ${session.model.model_type} model that Search-R3 Lab trained from scratch on the task \`${session.task.name}\`, after ${whole}. It knows the words of that task alone.

## Scores

${scoreTable(evaluation)}

## How it embeds

The embedding of a text is the last hidden state (after the final norm) at the token \`${embed}\` that ends it, divided by its length; texts are compared by cosine.

- A document: ${sequence(task.instructions.document, 'the document', embed)}
- A query, embedded at once: ${sequence(task.instructions.query, 'the query', task.modeWords.direct, embed)}
- A query with reasoning: let the model go on from ${sequence(task.instructions.query, 'the query', task.modeWords.think)} until it writes \`${embed}\`.

## Loading it

With \`transformers\`:

\`\`\`python
import torch
from transformers import AutoModel, PreTrainedTokenizerFast

folder = "."  # where this file lies
tokenizer = PreTrainedTokenizerFast.from_pretrained(folder)
model = AutoModel.from_pretrained(folder, dtype=torch.float32).eval()

def embed(text):
    inputs = tokenizer(text + " ${embed}", return_tensors="pt", add_special_tokens=False)
    with torch.no_grad():
        state = model(input_ids=inputs["input_ids"]).last_hidden_state[0, -1]
    return torch.nn.functional.normalize(state, dim=0)
\`\`\`

With the command line of Search-R3 Lab: \`npm run --silent lab -- encode --checkpoint FOLDER --input texts.jsonl --output vectors.npy\`.

## Where it comes from
${fingerprint === null ? '' : `\nFingerprint of its run: \`${fingerprint}\`.\n`}${adapter === '' ? '' : `\nTrained on: ${adapter}.\n`}
The session, which \`npm run --silent lab -- run session.json --out FOLDER\` runs again:

\`\`\`json
${JSON.stringify(session, null, 2)}
\`\`\`
`;
}

const sequence = (...parts: readonly string[]): string =>
  parts
    .filter((part) => part !== '')
    .map((part) => (part.startsWith('the ') ? part : `\`${part}\``))
    .join(', ');

/** The final scores as a table in Markdown, or a sentence that there are none yet. */
export function scoreTable(evaluation: Evaluation | null): string {
  const split = evaluation?.test ? 'test' : 'dev';
  const arms = Object.entries(evaluation?.[split] ?? {}) as [Arm, ArmResult][];
  if (arms.length === 0) return 'The run had not ended when this model was taken: there is no final evaluation.';
  const rows = arms.map(([arm, result]) => {
    const cells = METRICS.map(([name]) =>
      cell(result[name], result.queries < FEW_QUERIES ? undefined : result.ci95[name]),
    );
    return `| ${[ARM_NAMES[arm], ...cells, String(result.queries)].join(' | ')} |`;
  });
  const fewest = Math.min(...arms.map(([, { queries }]) => queries));
  const few = fewest < FEW_QUERIES ? `\n\n${fewest} queries are few: an interval would say little.` : '';
  return `Held-out queries of the ${split} split, exact search, with trec_eval's definitions; in brackets 95 % bootstrap intervals over queries.

| | ${METRICS.map(([, label]) => label).join(' | ')} | Queries |
|---|${'---|'.repeat(METRICS.length + 1)}
${rows.join('\n')}${few}`;
}

const cell = (value: number, interval: readonly [number, number] | undefined): string =>
  `${value.toFixed(3)}${interval ? ` [${interval[0].toFixed(3)}, ${interval[1].toFixed(3)}]` : ''}`;
