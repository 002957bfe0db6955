import { beginFork } from '../../store/fork';
import { usePage } from '../../store/page';
import { usePreferences } from '../../store/preferences';
import { ranOf, useRun } from '../../store/run';
import { useSession } from '../../store/session';
import { runShownNow } from '../../store/shown';
import { streams } from '../../store/streams';
import { fork as followTitle } from '../share/fork';
import { NARROW } from '../kit/use-media';

/** Puts a fork of the run on the page into the panel. @param step that it leaves it at */
export function forkFromView(step: number): void {
  const ran = ranOf(useRun.getState());
  if (!ran || !runShownNow()) return;
  beginFork({ session: ran.session, ancestors: ran.ancestors, links: streams.links }, step);
  afterFork();
}

/** Shows where a fork is changed; its title says what was. */
export function afterFork(): void {
  followTitle(useSession.getState().session);
  const narrow = matchMedia(NARROW).matches;
  usePreferences.getState().change({ sessionOpen: true });
  usePage.getState().show({ sheet: narrow, json: false });
}
