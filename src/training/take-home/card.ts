import { corpusOf } from '../../config/tasks';
import type { Session } from '../../config/session';
import type { Evaluation } from '../../records/records';
import { scoreTable } from '../model-card';

/** What a model's card says of the run that trained it. */
export interface CardRun {
  session: Session;
  /** The final scores; null for a run that has not ended. */
  evaluation: Evaluation | null;
  fingerprint: string | null;
  /** The device on which it was trained. */
  trainedOn: string;
}

/** What the card of an exported model says of it. */
export interface ExportedModel {
  title: string;
  /** `peft`: the adapter alone; `hf`: a model that writes; `sentence-transformers`: one that embeds. */
  to: 'hf' | 'peft' | 'sentence-transformers';
  /** The licence of its base. */
  licence: string | null;
  /** The model that an adapter is of; null for a whole model. */
  base: string | null;
  /** The token that ends a text; null where a text's own last token embeds it, or where the model writes. */
  embedToken: string | null;
  run: CardRun | null;
}

const LIBRARY = { hf: 'transformers', peft: 'peft', 'sentence-transformers': 'sentence-transformers' } as const;
const PIPELINE = { hf: 'text-generation', peft: 'feature-extraction', 'sentence-transformers': 'feature-extraction' };

/** The `README.md` of an exported model: what it is, of what licence, and the lines of Python that load it. */
export function exportCard({ title, to, licence, base, embedToken, run }: ExportedModel): string {
  const front = [
    `library_name: ${LIBRARY[to]}`,
    `pipeline_tag: ${PIPELINE[to]}`,
    ...(licence === null ? [] : [`license: ${licence}`]),
    ...(base === null ? [] : [`base_model: ${JSON.stringify(base)}`]),
    'tags:',
    ...(to === 'hf' ? [] : ['  - sentence-transformers']),
    '  - search-r3-lab',
  ];
  const at =
    embedToken === null ? "the text's own last token" : `\`${embedToken}\`, with which the tokenizer ends every text`;
  const embeds =
    to === 'hf' ? '' : ` The embedding of a text is the last hidden state at ${at}, divided by its length.`;
  const kind = base === null ? '' : ` An adapter (LoRA) of \`${base}\`, whose licence holds for what it makes of it.`;
  return `---\n${front.join('\n')}\n---\n\n# ${title}\n\nExported by Search-R3 Lab.${kind}${embeds}\n\n\`\`\`python\n${PYTHON[to]}\`\`\`\n${run ? story(run) : ''}`;
}

/** The card's section on what the model was trained from and on, and how well it ranked. */
function story({ session, evaluation, fingerprint, trainedOn }: CardRun): string {
  const { base } = session.model;
  const { name } = session.task;
  const corpus = corpusOf(session.task);
  const from =
    base.sha256 === ''
      ? 'its own first weights'
      : `\`${base.name || 'a model'}\` (SHA-256 \`${base.sha256}\`${base.from && `, from ${base.from}`})`;
  const data = corpus === '' ? '' : `, on documents whose SHA-256 is \`${corpus}\``;
  const how = [
    `Trained from ${from} on the task \`${name}\`${data}.`,
    ...(fingerprint === null ? [] : [`Fingerprint of its run: \`${fingerprint}\`.`]),
    ...(trainedOn === '' ? [] : [`Trained on: ${trainedOn}.`]),
  ];
  return `
## Scores

${scoreTable(evaluation)}

## Where it comes from

${how.join('\n\n')}

The session, which \`npm run --silent lab -- run session.json --base MODEL --out FOLDER\` runs again:

\`\`\`json
${JSON.stringify(session, null, 2)}
\`\`\`
`;
}

const EMBEDS = `from sentence_transformers import SentenceTransformer

model = SentenceTransformer(".")  # where this file lies
queries = model.encode_query(["a question"])
documents = model.encode_document(["a text"])
print(model.similarity(queries, documents))
`;

const PYTHON = {
  hf: `from transformers import AutoModelForCausalLM, AutoTokenizer

folder = "."  # where this file lies
tokenizer = AutoTokenizer.from_pretrained(folder)
model = AutoModelForCausalLM.from_pretrained(folder)
ids = tokenizer("Once upon a time", return_tensors="pt")
print(tokenizer.decode(model.generate(**ids, max_new_tokens=40)[0]))
`,
  // sentence-transformers asks peft for the adapter.
  peft: EMBEDS,
  'sentence-transformers': EMBEDS,
} as const;
