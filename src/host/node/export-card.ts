/** What the card of an exported model tells. */
export interface ExportedModel {
  title: string;
  /** `peft`: the adapter alone; `hf`: a model that writes; `sentence-transformers`: one that embeds. */
  to: 'hf' | 'peft' | 'sentence-transformers';
  /** Of its base. */
  licence: string | null;
  /** The model that an adapter is of; null for a whole model. */
  base: string | null;
  /** With which a text ends; null where its own last token embeds it, or where the model writes. */
  embedToken: string | null;
}

const LIBRARY = { hf: 'transformers', peft: 'peft', 'sentence-transformers': 'sentence-transformers' } as const;
const PIPELINE = { hf: 'text-generation', peft: 'feature-extraction', 'sentence-transformers': 'feature-extraction' };

/** The `README.md` of an exported model: what it is, of what licence, and the lines of Python that load it. */
export function exportCard({ title, to, licence, base, embedToken }: ExportedModel): string {
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
  return `---\n${front.join('\n')}\n---\n\n# ${title}\n\nExported by Search-R3 Lab.${kind}${embeds}\n\n\`\`\`python\n${PYTHON[to]}\`\`\`\n`;
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
