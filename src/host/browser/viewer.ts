import type { RunEvent, RunListener, StoredRun } from './messages';
import type { JournalRecords } from './runs/records';

const CHANNEL = 'search-r3-lab/run/';
/** The message of a tab that begins to follow a run: it asks for the run's status. */
const HELLO = 'hello';

/** Sends the page everything that a run has recorded. @returns the last step of it. */
export async function replay(
  stored: StoredRun,
  records: JournalRecords,
  listener: RunListener,
  links: string[],
  checkpoints = stored.run?.checkpoints ?? [],
): Promise<number> {
  const { run } = stored;
  if (!run) throw new Error(`run ${stored.id} cannot be read`);
  const metrics = await records.all('metrics');
  const recorded = records.steps();
  const evaluations = await records.all('dev');
  listener({ kind: 'past', plan: run.plan, metrics, evaluations, checkpoints: [...checkpoints], links, recorded });
  return metrics.at(-1)?.step ?? 0;
}

/** Sends the events of a run to other tabs too. */
export function broadcast(run: string, listener: RunListener): { listener: RunListener; close: () => void } {
  const channel = new BroadcastChannel(CHANNEL + run);
  let status: RunEvent = { kind: 'status', status: 'preparing' };
  channel.addEventListener('message', ({ data }) => {
    if (data === HELLO) channel.postMessage(status);
  });
  return {
    listener: (event) => {
      if (event.kind === 'status') status = event;
      listener(event);
      channel.postMessage(event);
    },
    close: () => channel.close(),
  };
}

/**
 * Receives the events of a run in another tab.
 * @param past reads what is recorded until now, and returns the last step of it; events that arrive meanwhile are
 * passed on after it.
 */
export async function watch(run: string, listener: RunListener, past: () => Promise<number>): Promise<() => void> {
  const channel = new BroadcastChannel(CHANNEL + run);
  let waiting: RunEvent[] | null = [];
  channel.addEventListener('message', ({ data }: MessageEvent<RunEvent | typeof HELLO>) => {
    if (data === HELLO) return;
    if (waiting) waiting.push(data);
    else listener(data);
  });
  let last: number;
  try {
    last = await past();
  } catch (error) {
    channel.close();
    throw error;
  }
  for (const event of waiting) if (isNews(event, last)) listener(event);
  waiting = null;
  channel.postMessage(HELLO);
  return () => channel.close();
}

function isNews(event: RunEvent, last: number): boolean {
  switch (event.kind) {
    case 'metrics':
      return (event.steps[0]?.step ?? 0) > last;
    case 'evaluation':
      return event.point.step > last;
    case 'recorded':
    case 'checkpoint':
      return event.step > last;
    default:
      return true;
  }
}
