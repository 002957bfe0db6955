import { useRan, useRun, type PageStatus } from '../../store/run';

const WORDS: Readonly<Record<PageStatus, string>> = {
  ready: '',
  preparing: 'The run is being prepared.',
  running: 'The run is going.',
  paused: 'The run is paused.',
  finished: 'The run has finished.',
  stopped: 'The run was stopped.',
  failed: 'The run failed.',
  interrupted: 'The run was interrupted.',
};

/** Says changes of status to screen readers; numbers that change all the time are not said. */
export function Announcer() {
  const status = useRun((state) => state.status);
  const plan = useRan((ran) => ran.plan);
  return (
    <div className="hidden-text" role="status">
      {WORDS[status]}
      {status === 'running' && plan && ` ${plan.totalSteps} steps.`}
    </div>
  );
}
