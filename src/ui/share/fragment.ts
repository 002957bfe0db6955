import { decodeLink, encodeLink } from '../../session/link';
import { InputError, inputSentence } from '../../lib/errors';
import { usePage } from '../../store/page';
import { useSelection } from '../../store/selection';
import { panelNow, useSession } from '../../store/session';
import { sayUndo } from '../../store/toasts';
import { addressOf } from './shared';

const DELAY_MS = 300;
/**
 * The key under which this tab stores the fragment that it wrote itself, so that a reload is not taken for an opened
 * link.
 */
const OWN = 'search-r3-lab-fragment';

let written: string | null = null;

/** Takes up the session of a link. Runs nothing; a link that cannot be read leaves the session that is there. */
export function openFragment(hash: string): void {
  const fragment = hash.replace(/^#/, '');
  if (fragment === '') return;
  try {
    const opened = decodeLink(fragment);
    const own = read() === fragment;
    const { arrived } = usePage.getState();
    const before = panelNow();
    const hadChanges = usePage.getState().opened === null && written !== null;
    useSession.getState().replace(opened.session, opened.ancestors);
    written = fragment;
    usePage.getState().show({ opened: own ? null : opened, arrived: opened, brokenLink: null, view: 'run' });
    if (!own && hadChanges) {
      sayUndo('The link’s session took the place of yours.', () => {
        useSession.getState().restore(before);
        usePage.getState().show({ opened: null, arrived });
      });
    }
  } catch (error) {
    usePage.getState().show({ opened: null, brokenLink: inputSentence(error) });
  }
}

/** Keeps the fragment in step with the session and the step in view, and the session with a fragment that is pasted in. */
export function watchFragment(): void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const soon = (): void => {
    clearTimeout(timer);
    timer = setTimeout(write, DELAY_MS);
  };
  useSession.subscribe((state, before) => {
    if (state.session !== before.session || state.ancestors !== before.ancestors) soon();
  });
  useSelection.subscribe((state, before) => {
    const { step, query, completion } = state;
    if (step !== before.step || query !== before.query || completion !== before.completion) soon();
  });
  addEventListener('hashchange', () => {
    if (location.hash.replace(/^#/, '') !== written) openFragment(location.hash);
  });
}

function write(): void {
  let fragment: string;
  try {
    fragment = encodeLink(addressOf(useSession.getState()));
  } catch (error) {
    // A session that cannot run has no link: the last one that could stays.
    if (error instanceof InputError) return;
    throw error;
  }
  written = fragment;
  history.replaceState(null, '', `#${fragment}`);
  try {
    sessionStorage.setItem(OWN, fragment);
  } catch {
    // Then a reload shows the link's card.
  }
}

function read(): string | null {
  try {
    return sessionStorage.getItem(OWN);
  } catch {
    return null;
  }
}
