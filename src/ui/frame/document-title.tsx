import { useEffect, useMemo } from 'react';
import { useRan, useRun } from '../../store/run';
import { useRunShown } from '../../store/shown';
import { streams } from '../../store/streams';
import { pageTitle } from '../../view/page-title';
import { sessionName } from '../../view/run-words';
import { useTick } from '../kit/use-tick';

/** Keeps the tab's title in step with the run: what it is called and how far it is. */
export function DocumentTitle() {
  useTick();
  const status = useRun((state) => state.status);
  const session = useRan((ran) => ran.session);
  const total = useRan(({ plan }) => plan?.totalSteps) ?? 0;
  const share = total > 0 ? streams.lastStep() / total : 0;
  const name = useMemo(() => session && sessionName(session), [session]);
  const shown = useRunShown();
  const title = pageTitle(shown ? status : 'ready', name, share);
  useEffect(() => {
    document.title = title;
  }, [title]);
  return null;
}
