import { decodeLink } from '../../../session/link';
import { Arguments } from '../args';
import { printResult } from '../output';

/** `lab open`: a link, or its fragment alone, to its session's JSON. Runs nothing. */
export function run(argv: readonly string[]): Promise<number> {
  return Promise.resolve().then(() => {
    const args = new Arguments(argv, { usage: 'open LINK', positionals: ['LINK'] });
    printResult(decodeLink(args.positionals[0] ?? '').session);
    return 0;
  });
}
