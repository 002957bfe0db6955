import { writeFileSync } from 'node:fs';
import { writeNpy } from '../../../formats/npy';
import { InputError } from '../../../lib/errors';
import { LogitsPass } from '../../../model/inference';
import { Arguments } from '../args';
import { checkHead, loadCheckpoint, checkpointModel } from '../checkpoint';
import { openGpu } from '../gpu';
import { printResult } from '../output';

/** `logits`: computes the logits of one sequence, float32 (T, V), as .npy. */
export default async function run(argv: readonly string[]): Promise<number> {
  const args = new Arguments(argv, {
    usage: 'logits --checkpoint MODEL [--adapter DIR] --ids 1,2,3 --output FILE.npy',
    flags: { checkpoint: 'value', adapter: 'value', ids: 'value', output: 'value' },
  });
  const folder = args.required('checkpoint');
  const output = args.required('output');
  const text = args.required('ids');
  const checkpoint = await loadCheckpoint(folder, args.optional('adapter') ?? null);
  checkHead(checkpoint, 'logits');
  const { vocab_size: V, max_position_embeddings: context } = checkpoint.arch;
  const ids = text.split(',').map((part) => parseId(part, V));
  if (ids.length > context)
    throw new InputError(`--ids: ${ids.length} ids, expected at most the model's context of ${context}`);
  const gpu = await openGpu();
  const model = await checkpointModel(gpu, checkpoint);
  const { logits } = await new LogitsPass(model, ids.length).run([ids]);
  const shape = [ids.length, V] as const;
  try {
    writeFileSync(output, writeNpy({ shape, data: logits }));
  } catch (error) {
    throw new InputError(
      `${output}: ${error instanceof Error ? error.message : 'cannot be written'}, expected a path that can be written`,
    );
  }
  printResult({ output, shape });
  return 0;
}

function parseId(part: string, vocabulary: number): number {
  const id = /^\s*\d+\s*$/.test(part) ? Number(part) : NaN;
  if (id < vocabulary) return id;
  throw new InputError(
    `--ids: ${JSON.stringify(part)}, expected whole numbers from 0 to ${vocabulary - 1}, separated by commas`,
  );
}
