import { documentText, parseCorpus } from '../../../formats/beir';
import { quote } from '../../../formats/json';
import { writeNpy } from '../../../formats/npy';
import { InputError } from '../../../lib/errors';
import { Arguments } from '../args';
import { loadCheckpoint, modelOf } from '../checkpoint';
import { Embedder } from '../embedder';
import { EmbeddingPrompts } from '../embedding-prompts';
import { readBytes } from '../files';
import { openGpu } from '../gpu';
import { checkOutput, writeOutput } from '../output-file';
import { printResult, progress } from '../output';

/** `encode`: texts to L2-normalised embeddings, float32 (n, C), as .npy; their ids, a line each, in a file beside it. */
export async function run(argv: readonly string[]): Promise<number> {
  const args = new Arguments(argv, {
    usage: 'encode --checkpoint DIR --input FILE.jsonl --output FILE.npy [--reasoning on|off]',
    flags: { checkpoint: 'value', input: 'value', output: 'value', reasoning: 'value' },
  });
  const folder = args.required('checkpoint');
  const input = args.required('input');
  const output = args.required('output');
  const reasons = args.choice('reasoning', ['off', 'on']) === 'on';
  const documents = parseCorpus(readBytes(input, 'a file of {"_id","text"} lines'), input);
  const odd = documents.find(({ id }) => /[\r\n]/.test(id));
  if (odd) throw new InputError(`${input}: _id ${quote(odd.id)}, expected ids without line breaks`);
  const idsFile = `${output.replace(/\.npy$/, '')}.ids.txt`;
  checkOutput(output, '--output');
  checkOutput(idsFile, '--output');
  const checkpoint = await loadCheckpoint(folder);
  const prompts = new EmbeddingPrompts(checkpoint);
  const texts = documents.map(documentText);
  const { sequences, truncated } = reasons ? prompts.reasoning(texts) : prompts.direct(texts);

  const gpu = await openGpu();
  const embedder = new Embedder(modelOf(gpu, checkpoint), prompts, (done, of) => progress(`${done}/${of} embedded`));
  const { vectors, notEmitted } = reasons
    ? await embedder.reasoning(sequences)
    : { vectors: await embedder.direct(sequences), notEmitted: 0 };
  const rows = documents.length;
  const dims = checkpoint.arch.hidden_size;
  writeOutput(output, writeNpy({ shape: [rows, dims], data: vectors }));
  writeOutput(idsFile, documents.map(({ id }) => `${id}\n`).join(''));
  printResult({ output, ids: idsFile, rows, dims, truncated, ...(reasons ? { not_emitted: notEmitted } : {}) });
  return 0;
}
