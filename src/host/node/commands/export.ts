import { InputError } from '../../../lib/errors';
import { Arguments } from '../args';
import { exportToCluster } from '../export-cluster';
import { exportModel } from '../export-model';
import { printResult } from '../output';

/**
 * `lab export SESSION --to accelerate` and `lab export MODEL --to hf|peft|sentence-transformers`: writes a folder for
 * other programs.
 */
export default async function run(argv: readonly string[]): Promise<number> {
  const args = new Arguments(argv, {
    usage:
      'export SESSION_OR_MODEL --to accelerate|hf|peft|sentence-transformers --out DIR [--data DIR_OR_FILE] [--set path=value …] [--adapter DIR] [--base MODEL] [--teacher MODEL] [--dtype f32|f16|bf16]',
    positionals: ['SESSION_OR_MODEL'],
    flags: {
      to: 'value',
      out: 'value',
      data: 'value',
      set: 'values',
      adapter: 'value',
      base: 'value',
      teacher: 'value',
      dtype: 'value',
    },
  });
  const to = args.required('to');
  if (to === 'hf' || to === 'peft' || to === 'sentence-transformers') {
    refuseAll(args, ['data', 'set', 'teacher'], `--to ${to}`);
    printResult(await exportModel(args, args.positionals[0]!, to));
    return 0;
  }
  if (to !== 'accelerate') {
    throw new InputError(`--to: ${JSON.stringify(to)}, expected accelerate, hf, peft or sentence-transformers`);
  }
  refuseAll(args, ['adapter', 'dtype'], '--to accelerate');
  printResult(await exportToCluster(args));
  return 0;
}

function refuseAll(args: Arguments, flags: readonly string[], beside: string): void {
  const given = flags.find((flag) => args.has(flag));
  if (given !== undefined) throw new InputError(`--${given}: given with ${beside}, expected it without`);
}
