import type { SearchContender } from './contender';
import type { Corpus } from './corpus';
import { nearestInJavaScript } from './select';

/** Exact search by plain loops, on the page's own thread. */
export const makeJavaScript = ({ documents, queries, dimension, k }: Corpus): Promise<SearchContender> =>
  Promise.resolve({
    name: 'plain JavaScript',
    search: () => Promise.resolve(nearestInJavaScript(documents, queries, dimension, k)),
    destroy: () => undefined,
  });
