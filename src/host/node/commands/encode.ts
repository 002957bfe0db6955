import { documentText } from '../../../formats/beir';
import { readCorpusAlone } from '../../../formats/collection/read-collection';
import { quote } from '../../../formats/json';
import { writeNpy } from '../../../formats/npy';
import { InputError } from '../../../lib/errors';
import { Embedder } from '../../../training/benchmark/embedder';
import type { EmbeddingPrompts } from '../../../training/benchmark/embedding-prompts';
import { Arguments } from '../args';
import { checkHead, embedderOf, loadEmbedder, checkpointPrompts } from '../checkpoint';
import { openSources, ROOM } from '../files';
import { openGpu } from '../gpu';
import { checkOutput, writeOutput } from '../output-file';
import { noticesOf, printResult, progressOf } from '../output';

/**
 * `encode`: embeds texts as L2-normalised float32 (n, C) in an .npy file; their ids, a line each, go into a file beside
 * it.
 */
export default async function run(argv: readonly string[]): Promise<number> {
  const args = new Arguments(argv, {
    usage:
      'encode --checkpoint MODEL [--adapter DIR] --input FILE.jsonl --output FILE.npy [--prompt document|query] [--reasoning on|off] [--passages]',
    flags: {
      checkpoint: 'value',
      adapter: 'value',
      input: 'value',
      output: 'value',
      prompt: 'value',
      reasoning: 'value',
      passages: 'switch',
    },
  });
  const folder = args.required('checkpoint');
  const input = args.required('input');
  const output = args.required('output');
  const reasons = args.choice('reasoning', ['off', 'on']) === 'on';
  // Who reasons, reasons about a query.
  const kind = args.choice('prompt', reasons ? ['query', 'document'] : ['document', 'query']);
  const cuts = args.has('passages');
  if (cuts && reasons) throw new InputError('--passages: given with --reasoning on, expected it with documents alone');
  if (reasons && kind === 'document') {
    throw new InputError(
      '--prompt: document, given with --reasoning on, expected query, because documents are embedded at once',
    );
  }
  if (cuts && kind === 'query') throw new InputError('--passages: given with --prompt query, expected documents');
  const sources = openSources(input, 'a file of {"_id","text"} lines');
  const { documents, notices } = await readCorpusAlone(sources, input, ROOM);
  const odd = documents.find(({ id }) => /[\r\n]/.test(id));
  if (odd) throw new InputError(`${input}: _id ${quote(odd.id)}, expected ids without line breaks`);
  const idsFile = `${output.replace(/\.npy$/, '')}.ids.txt`;
  checkOutput(output, '--output');
  checkOutput(idsFile, '--output');
  const checkpoint = await loadEmbedder(folder, args.optional('adapter') ?? null);
  if (reasons) checkHead(checkpoint, '--reasoning on');
  const prompts = await checkpointPrompts(checkpoint);
  const texts = documents.map(documentText);
  const { sequences, ids, counts } = cuts ? inPassages(prompts, texts) : whole(prompts, texts, kind, reasons);

  const gpu = await openGpu();
  const embedder = new Embedder(await embedderOf(gpu, checkpoint), prompts, progressOf('embedded'));
  const { vectors, notEmitted } = reasons
    ? await embedder.reasoning(sequences)
    : { vectors: await embedder.direct(sequences), notEmitted: 0 };
  const rows = sequences.length;
  const dims = checkpoint.arch.hidden_size;
  writeOutput(output, writeNpy({ shape: [rows, dims], data: vectors }));
  writeOutput(idsFile, ids.map((text) => `${documents[text]!.id}\n`).join(''));
  const reasoned = reasons ? { not_emitted: notEmitted } : {};
  printResult({
    output,
    ids: idsFile,
    rows,
    dims,
    embed_token: prompts.embedToken,
    prompt: { for: kind, text: prompts.prompt(kind) },
    ...counts,
    ...reasoned,
    ...noticesOf({ notices: [...prompts.notices, ...notices] }),
  });
  return 0;
}

/** Sequences to embed, the text that each is of, and notices for the user. */
interface Rows {
  sequences: number[][];
  ids: number[];
  counts: Record<string, number>;
}

/** One row per text; a text longer than the context loses its end. */
function whole(
  prompts: EmbeddingPrompts,
  texts: readonly string[],
  kind: 'query' | 'document',
  reasons: boolean,
): Rows {
  const direct = kind === 'query' ? prompts.directQueries(texts) : prompts.direct(texts);
  const { sequences, truncated } = reasons ? prompts.reasoning(texts) : direct;
  return { sequences, ids: [...texts.keys()], counts: { truncated } };
}

/**
 * One row per passage: the id of a text longer than the context stands at several rows, and the best score of them
 * counts. An encoder cuts texts instead.
 */
function inPassages(prompts: EmbeddingPrompts, texts: readonly string[]): Rows {
  const { sequences, owners, split, truncated } = prompts.passages(texts);
  return { sequences, ids: [...owners], counts: { split, ...(truncated > 0 ? { truncated } : {}) } };
}
