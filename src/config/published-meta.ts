/** A published page names the run that it opens of its own accord by a `meta` of this name. */
export const PUBLISHED_META = 'published-run';
