import type { TraceKind } from '../../../host/browser/api';
import { useRecords } from '../../../store/records';
import { useSelection } from '../../../store/selection';
import type { StepList } from '../../../store/step-list';
import { useTraces } from '../../../store/traces';

/** What the view shows: the kind of completions, and the recorded step nearest before the step in view. */
export function useTraceStep(): { kind: TraceKind; step: number | null; recorded: { sampled: number; dev: number } } {
  const sampled = useRecords((state) => state.traces);
  const dev = useRecords((state) => state.dev);
  const held = useSelection((state) => state.step);
  const selectedKind = useSelection((state) => state.kind);
  const chosen = useTraces((state) => state.kind);
  const counts = { sampled: sampled.length, dev: dev.length };
  const before = (steps: StepList): number | null =>
    (held === null ? steps.at(-1) : (steps.upTo(held) ?? steps.at(0))) ?? null;
  // Of its own accord the view shows what training sampled, where the step in view has any.
  const natural = sampled.length > 0 && (held === null || held >= sampled.at(0)!) ? 'sampled' : 'dev';
  const wanted = selectedKind ?? chosen ?? natural;
  const kind = counts[wanted] > 0 ? wanted : natural;
  return { kind, step: before(kind === 'dev' ? dev : sampled), recorded: counts };
}
