import type { Session } from '../../config/session';
import type { DeviceState } from '../../store/device';
import type { RunState } from '../../store/run';
import { diffSession } from '../../config/edit-session';
import type { SharedSession } from '../../store/shared-session';
import { withoutReasoning } from '../../view/arms';

const rounded = (value: number): number => Number(value.toFixed(4));

/** The result of the finished run, where it belongs to the session in the panel. */
export function currentClaim(session: Session, run: RunState, device: DeviceState): SharedSession['claim'] | null {
  if (run.status !== 'finished' || !run.fingerprint || !run.session) return null;
  if (diffSession(run.session, session).some(({ path }) => path !== 'title')) return null;
  const arms = run.evaluation?.test ?? run.evaluation?.dev;
  const metrics: Record<string, number> = {};
  if (arms?.reasoning) metrics['ndcg_cut_10/reasoning'] = rounded(arms.reasoning.ndcg_cut_10);
  const other = arms && withoutReasoning(arms);
  if (other) metrics['ndcg_cut_10/without'] = rounded(other.ndcg_cut_10);
  const adapter =
    device.kind === 'ready' ? [device.report.vendor, device.report.architecture].filter(Boolean).join(' ') : '';
  return { fingerprint: run.fingerprint, metrics, adapter, numerics: [] };
}
