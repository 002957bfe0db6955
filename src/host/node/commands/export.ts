import { InputError } from '../../../lib/errors';
import { Arguments } from '../args';
import { exportToCluster } from '../export-cluster';
import { printResult } from '../output';

/** `lab export SESSION --to accelerate --out DIR`: what is taken elsewhere. */
export async function run(argv: readonly string[]): Promise<number> {
  const args = new Arguments(argv, {
    usage: 'export SESSION --to accelerate --out DIR [--data DIR_OR_FILE] [--set path=value …]',
    positionals: ['SESSION'],
    flags: { to: 'value', out: 'value', data: 'value', set: 'values' },
  });
  const to = args.required('to');
  if (to !== 'accelerate') throw new InputError(`--to: ${JSON.stringify(to)}, expected accelerate`);
  printResult(await exportToCluster(args));
  return 0;
}
