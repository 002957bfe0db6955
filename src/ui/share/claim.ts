import { partsClaimed } from '../../config/micro-batches';
import { FIRST_NUMERICS } from '../../config/numerics';
import { sameAncestors } from '../../config/ancestors';
import type { DeviceState } from '../../store/device';
import type { ShownRun } from '../../store/run';
import type { SessionState } from '../../store/session';
import { marksOf } from '../../records/marks';
import { streams } from '../../store/streams';
import { diffSession } from '../../config/edit-session';
import type { Claim } from '../../records/claim';
import { adapterName, headlineMetrics } from '../../view/verdict';

/** The result of the finished run, where it belongs to the session in the panel. */
export function currentClaim(
  { session, ancestors }: Pick<SessionState, 'session' | 'ancestors'>,
  run: ShownRun,
  device: DeviceState,
): Claim | null {
  if (run.status !== 'finished' || run.result === null) return null;
  if (!sameAncestors(run.ancestors, ancestors)) return null;
  if (diffSession(run.session, session).some(({ path }) => path !== 'title')) return null;
  const metrics = headlineMetrics(run.result.evaluation);
  const adapter = device.kind === 'ready' ? adapterName(device.report) : '';
  const { links } = streams;
  // A tab that only watched the run's end does not know all of them.
  const isWhole = links.every((link) => link !== undefined) && links.length > 0;
  return {
    fingerprint: run.result.fingerprint,
    metrics,
    adapter,
    ...(isWhole ? { marks: marksOf(links) } : {}),
    ...(run.numerics === FIRST_NUMERICS ? {} : { numerics: run.numerics }),
    ...partsClaimed(run.session),
  };
}
