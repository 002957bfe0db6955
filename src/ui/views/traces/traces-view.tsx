import './traces.css';
import { useEffect, useMemo } from 'react';
import type { TraceFilter, TraceSummary } from '../../../host/browser/api';
import { useRan } from '../../../store/run';
import { useSelection } from '../../../store/selection';
import { shownOf } from '../../../store/asked';
import { askGroup, askList, useTraces } from '../../../store/traces';
import { Filters } from './filters';
import { Group } from './group';
import { GroupList } from './group-list';
import { NothingWritten } from './nothing-written';
import { useTraceStep } from './use-trace-step';

/**
 * The interval at which the list is read again, in ms: the newest step of a running run changes many times a second.
 */
const CALM_MS = 300;

/** The view of written reasoning: a list of groups of completions, and the one that is open. */
export default function TracesView() {
  const { kind, step, recorded } = useTraceStep();
  const hasRun = useRan(({ plan }) => plan !== null) ?? false;
  const nothing = recorded.sampled + recorded.dev === 0;
  return (
    <div className="view-body traces-view">
      <div>
        <h1>Traces</h1>
        <p className="muted">
          What the model wrote before it embedded, what came of it, and where the right document stood meanwhile.
        </p>
      </div>
      {!hasRun || nothing || step === null ? <NothingWritten /> : <Written kind={kind} step={step} />}
    </div>
  );
}

function Written({ kind, step }: { kind: TraceFilter['kind']; step: number }) {
  const { filter, scope, list } = useTraces();
  const query = useSelection((state) => state.query);
  const selectedKind = useSelection((state) => state.kind);
  const held = useSelection((state) => state.step);
  const name = useRan((ran) => ran.name);
  const ofStep = scope === 'step' ? step : null;
  const wanted = useMemo<TraceFilter>(() => ({ ...filter, kind, step: ofStep }), [filter, kind, ofStep]);

  useEffect(() => {
    const timer = setTimeout(() => void askList(wanted), shownOf(useTraces.getState().list) ? CALM_MS : 0);
    return () => clearTimeout(timer);
    // Another run has another list.
  }, [name, wanted]);

  const groups = shownOf(list)?.groups ?? [];
  // Until the user chooses one, the first is shown.
  const first: TraceSummary | undefined = groups[0];
  const shown = query !== null && held !== null ? { step: held, query, kind: selectedKind } : first;
  const shownStep = shown?.step;
  const shownQuery = shown?.query;
  const shownKind = shown?.kind;
  // What a link points at may be recorded a moment later.
  const { recorded } = useTraceStep();
  const missing = useTraces(({ group }) => group.state === 'failed') ? recorded.sampled + recorded.dev : 0;
  useEffect(() => {
    if (shownStep === undefined || shownQuery === undefined) return;
    void askGroup(shownStep, shownQuery, shownKind ?? null);
  }, [shownStep, shownQuery, shownKind, missing]);

  return (
    <>
      <Filters kind={kind} step={step} />
      <div className="traces-columns">
        <GroupList filter={wanted} />
        <Group />
      </div>
    </>
  );
}
