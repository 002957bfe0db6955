import { InputError } from '../../../lib/errors';
import { Generator } from '../../../model/generator';
import { Arguments } from '../args';
import { checkHead, loadCheckpoint, checkpointModel, tokenizerOf } from '../checkpoint';
import { openGpu } from '../gpu';
import { printResult } from '../output';

/** `generate`: continues one prompt, greedily or sampled; prints `{prompt_ids, ids, text}`. */
export default async function run(argv: readonly string[]): Promise<number> {
  const args = new Arguments(argv, {
    usage:
      'generate --checkpoint MODEL [--adapter DIR] --prompt TEXT [--max-new-tokens N] [--temperature T] [--seed S]',
    flags: {
      checkpoint: 'value',
      adapter: 'value',
      prompt: 'value',
      'max-new-tokens': 'value',
      temperature: 'value',
      seed: 'value',
    },
  });
  const folder = args.required('checkpoint');
  const text = args.text('prompt');
  const maxTokens = args.integer('max-new-tokens', { fallback: 128, min: 1, max: 100_000 });
  const temperature = args.number('temperature', { fallback: 0, min: 0, max: 100 });
  const seed = args.integer('seed', { fallback: 1, min: 0, max: 0xffff_ffff });
  const checkpoint = await loadCheckpoint(folder, args.optional('adapter') ?? null);
  checkHead(checkpoint, 'generate');
  const tokenizer = tokenizerOf(checkpoint);
  const promptIds = tokenizer.encode(text);
  const context = checkpoint.arch.max_position_embeddings;
  if (promptIds.length === 0)
    throw new InputError('--prompt: no tokens, expected a text, because this tokenizer has no BOS');
  if (promptIds.length >= context) {
    throw new InputError(`--prompt: ${promptIds.length} tokens, expected fewer than the model's context of ${context}`);
  }
  const room = Math.min(maxTokens, context - promptIds.length);
  const gpu = await openGpu();
  const model = await checkpointModel(gpu, checkpoint);
  const generator = new Generator(model, { promptTokens: promptIds.length, sequences: 1, maxTokens: room });
  const ends = new Set(checkpoint.eosTokenIds);
  if (tokenizer.eosTokenId !== null) ends.add(tokenizer.eosTokenId);
  const [stopToken = null] = ends;
  const options = {
    maxTokens: room,
    stopToken,
    temperature,
    top_k: 0,
    top_p: 1,
    seed,
    stream: 'sample',
    step: 0,
  } as const;
  const [completion] = await generator.generate([promptIds], 1, options);
  const drawn = completion!.ids;
  const end = drawn.findIndex((id) => ends.has(id));
  const ids = end < 0 ? drawn : drawn.slice(0, end);
  printResult({ prompt_ids: promptIds, ids, text: tokenizer.decodeContinuation(promptIds, ids) });
  return 0;
}
