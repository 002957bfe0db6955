import { InputError } from '../../../lib/errors';
import { shown } from '../../../lib/text';
import { encodeLink } from '../../../session/link';
import { Arguments } from '../args';
import { FORK_FLAGS, FORK_USAGE, forkArgument } from '../fork-argument';
import { printResult } from '../output';

/** `lab share`: prints a session's link, `#…`, or a whole URL with `--base`. */
export default function run(argv: readonly string[]): Promise<number> {
  return Promise.resolve().then(() => {
    const args = new Arguments(argv, {
      usage: `share SESSION [--base URL] ${FORK_USAGE}`,
      positionals: ['SESSION'],
      flags: { ...FORK_FLAGS, base: 'value' },
    });
    const base = args.optional('base');
    const page = base === undefined ? '' : pageUrl(base);
    printResult({ link: `${page}#${encodeLink(forkArgument(args))}` });
    return 0;
  });
}

/** The page's address without a fragment. */
function pageUrl(base: string): string {
  const url = URL.canParse(base) ? new URL(base) : undefined;
  if (!url || !['http:', 'https:', 'file:'].includes(url.protocol)) {
    throw new InputError(
      `--base is ${shown(base)}, expected the page's address, which starts with http:// or https://`,
    );
  }
  url.hash = '';
  return url.href;
}
