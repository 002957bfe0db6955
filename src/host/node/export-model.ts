import { checkpointSettings } from '../../formats/huggingface';
import { FLOAT_DTYPES, type FloatDtype } from '../../formats/safetensors';
import { endingIn, sentenceTransformersFiles } from '../../formats/sentence-transformers';
import { streamedWeights } from '../../formats/streamed-checkpoint';
import { checkpointTensors } from '../../tensors/layout';
import type { Arguments } from './args';
import { loadCheckpoint, promptsOf, tokenizerOf, type LoadedCheckpoint } from './checkpoint';
import { checkNew, writeFolder, type FileToWrite } from './output-file';

/**
 * `lab export MODEL --to hf|sentence-transformers --out DIR`: any model that is opened here, an adapter merged into it where
 * one is given, as a folder that other programs load.
 */
export async function exportModel(args: Arguments, named: string, to: 'hf' | 'sentence-transformers') {
  const out = args.required('out');
  checkNew(out);
  const dtype = args.choice('dtype', ['f32', 'f16', 'bf16']);
  const checkpoint = await loadCheckpoint(named, args.optional('adapter') ?? null);
  const stored = FLOAT_DTYPES.find((name) => name.toLowerCase() === dtype) ?? 'F32';
  const files = to === 'hf' ? plainFiles(checkpoint, stored) : await embedderFiles(checkpoint, stored);
  await writeFolder(out, files);
  return { out, to, dtype, files: [...files.keys()].sort() };
}

function plainFiles(checkpoint: LoadedCheckpoint, dtype: FloatDtype): Map<string, FileToWrite> {
  const { arch, weights, tokenizer, eosTokenIds, chatTemplate, generation } = checkpoint;
  const settings = checkpointSettings(arch, { dtype, tokenizer, ids: { eos_token_id: eosTokenIds[0] } });
  const files = new Map<string, FileToWrite>(settings);
  files.set('model.safetensors', streamedWeights(checkpointTensors(arch), weights, dtype));
  const text = new TextEncoder();
  if (chatTemplate !== null) files.set('chat_template.jinja', text.encode(chatTemplate));
  if (generation !== null) files.set('generation_config.json', text.encode(`${JSON.stringify(generation, null, 2)}\n`));
  else if (eosTokenIds.length > 0) {
    files.set('generation_config.json', text.encode(`${JSON.stringify({ eos_token_id: eosTokenIds }, null, 2)}\n`));
  }
  return files;
}

async function embedderFiles(checkpoint: LoadedCheckpoint, dtype: FloatDtype): Promise<Map<string, FileToWrite>> {
  const { arch, folder, tokenizer: own, licence } = checkpoint;
  const loaded = tokenizerOf(checkpoint);
  const prompts = await promptsOf(checkpoint);
  // A folder that embeds a text at its own last token goes on doing so.
  const tokenizer = own === null || prompts.embedId === null ? own : endingIn(own, loaded, prompts.embedId);
  const files = plainFiles({ ...checkpoint, tokenizer }, dtype);
  const settings = {
    width: arch.hidden_size,
    longest: prompts.context,
    query: prompts.prompt('query'),
    document: prompts.prompt('document'),
  };
  for (const [name, bytes] of sentenceTransformersFiles(settings)) files.set(name, bytes);
  files.set('README.md', new TextEncoder().encode(card(folder, prompts.embedToken, licence)));
  return files;
}

const card = (folder: string, token: string | null, licence: string | null): string => `---
library_name: sentence-transformers
pipeline_tag: feature-extraction
${licence === null ? '' : `license: ${licence}\n`}tags:
  - sentence-transformers
  - search-r3-lab
---

# ${folder.split(/[\\/]/).filter(Boolean).at(-1) ?? 'Embedder'}

Exported by Search-R3 Lab. The embedding of a text is the last hidden state at ${token === null ? "the text's own last token" : `\`${token}\`, with which the tokenizer ends every text`}, divided by its length.

\`\`\`python
from sentence_transformers import SentenceTransformer

model = SentenceTransformer(".")  # where this file lies
queries = model.encode_query(["a question"])
documents = model.encode_document(["a text"])
print(model.similarity(queries, documents))
\`\`\`
`;
