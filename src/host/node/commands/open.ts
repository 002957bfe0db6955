import { decodeLink } from '../../../session/link';
import { Arguments } from '../args';
import { printResult, progress } from '../output';

/** `lab open`: prints the session of a link, or of its fragment alone, as JSON. Runs nothing. */
export default function run(argv: readonly string[]): Promise<number> {
  return Promise.resolve().then(() => {
    const args = new Arguments(argv, { usage: 'open LINK', positionals: ['LINK'] });
    const { session, ancestors = [] } = decodeLink(args.positionals[0] ?? '');
    for (const { step } of ancestors) progress(`a fork: up to step ${step} it is its parent`);
    printResult(session);
    return 0;
  });
}
