import { useMemo } from 'react';
import { useDevice } from '../../../store/device';
import { usePage } from '../../../store/page';
import { useRun } from '../../../store/run';
import { useRunShown } from '../../../store/shown';
import { streams } from '../../../store/streams';
import { BackToRun, RunStrip } from '../../frame/run-strip';
import { useTick } from '../../kit/use-tick';
import { OpenedCard } from '../../share/opened-card';
import { VerdictCard } from '../../share/verdict';
import { NoWebGpu } from '../device/no-webgpu';
import { Charts } from './charts';
import { FailedRun } from './failed-run';
import { HeadlineFigure } from './headline';
import { InterruptedOffer, InterruptedRun, RunPlace } from './interrupted-run';
import { PublishedRun } from './published-run';
import { QueueOffer, useLeftOver } from './queue-offer';
import { ResultTable } from './result-table';
import { Welcome } from './welcome';
import './run.css';

/** The Run view: an opened link, a start page, or the run on the page with its result and charts. */
export default function RunView() {
  const hasRun = useRun(({ status }) => status !== 'ready');
  const shown = useRunShown();
  const missing = useDevice((state) => state.kind === 'missing');
  const opened = usePage((state) => state.opened);
  const broken = usePage((state) => state.brokenLink);
  const leftOver = useLeftOver() !== null;

  return (
    <div className="view-body">
      {broken !== null && (
        <div className="callout warn" role="alert">
          <p>
            This link cannot be opened: {broken}. The session below is the one that was here before.{' '}
            <button type="button" className="link-button" onClick={() => usePage.getState().show({ brokenLink: null })}>
              Close
            </button>
          </p>
        </div>
      )}
      <PublishedRun />
      {!hasRun && !missing && (leftOver ? <QueueOffer /> : <InterruptedOffer />)}
      {opened ? <OpenedCard opened={opened} /> : !shown && (missing ? <NoWebGpu /> : <Welcome />)}
      {hasRun && !shown && <BackToRun />}
      {shown && <RunShown isTitled={opened === null} />}
      {!shown && <RunPlace />}
    </div>
  );
}

/** Everything about the run on the page. */
function RunShown({ isTitled }: { isTitled: boolean }) {
  const run = useRun();
  const beat = useTick();
  const hasSteps = useMemo(() => beat >= 0 && streams.length > 0, [beat]);
  return (
    <>
      {isTitled && <h1 className="hidden-text">Run</h1>}
      <RunStrip />
      <HeadlineFigure />
      {run.status === 'failed' && <FailedRun error={run.error} />}
      {run.status === 'interrupted' && <InterruptedRun run={run} />}
      <RunPlace />
      <VerdictCard />
      <ResultTable />
      {(hasSteps || run.status !== 'failed') && <Charts />}
    </>
  );
}
