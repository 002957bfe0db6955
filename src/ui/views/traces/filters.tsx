import { testedDepth } from '../../../config/tasks';
import { useId, type ReactNode } from 'react';
import type { TraceFilter, TraceKind } from '../../../host/browser/api';
import { useRan } from '../../../store/run';
import { useSelection } from '../../../store/selection';
import { NO_FILTER, useTraces } from '../../../store/traces';
import { useTraceStep } from './use-trace-step';

const OUTCOMES: Record<TraceFilter['outcome'], string> = {
  any: 'any reasoning',
  right: 'right',
  wrong: 'wrong',
  cut: 'no embed token',
};
const REWARDS: Record<TraceFilter['reward'], string> = {
  any: 'any reward',
  full: 'full, found first',
  some: 'some, further down',
  none: 'none',
};
const ADVANTAGES: Record<TraceFilter['advantage'], string> = {
  any: 'any advantage',
  above: 'above its group',
  below: 'below its group',
};

/** Which completions are listed. */
export function Filters({ kind, step }: { kind: TraceKind; step: number }) {
  const { filter, scope, filterBy, chooseKind, listFrom } = useTraces();
  const { recorded } = useTraceStep();
  const depths = useRan(({ session }) => testedDepth(session.task)) ?? 1;
  const choose = (chosen: TraceKind): void => {
    chooseKind(chosen);
    useSelection.getState().leaveTrace();
  };
  const changed = JSON.stringify(filter) !== JSON.stringify(NO_FILTER);
  return (
    <div className="trace-filters" role="search" aria-label="Traces">
      <div className="segments" role="group" aria-label="Which completions">
        <Segment on={kind === 'sampled'} disabled={recorded.sampled === 0} onClick={() => choose('sampled')}>
          Sampled in training
        </Segment>
        <Segment on={kind === 'dev'} disabled={recorded.dev === 0} onClick={() => choose('dev')}>
          Held-out, greedy
        </Segment>
      </div>
      <div className="segments" role="group" aria-label="Which steps">
        <Segment on={scope === 'step'} onClick={() => listFrom('step')}>
          Step {step.toLocaleString('en')}
        </Segment>
        <Segment on={scope === 'all'} onClick={() => listFrom('all')}>
          All {(kind === 'dev' ? recorded.dev : recorded.sampled).toLocaleString('en')} recorded
        </Segment>
      </div>
      <input
        className="field-input trace-text"
        type="search"
        aria-label="Words in the query or the completion"
        placeholder="words written or asked"
        value={filter.text}
        onChange={(event) => filterBy({ text: event.target.value })}
      />
      <Choice
        label="Depth"
        value={filter.depth === null ? 'any' : String(filter.depth)}
        options={{
          any: 'any depth',
          ...Object.fromEntries(
            Array.from({ length: depths }, (_, i) => [String(i + 1), i === 0 ? '1 hop' : `${i + 1} hops`]),
          ),
        }}
        onChange={(value) => filterBy({ depth: value === 'any' ? null : Number(value) })}
      />
      <Choice
        label="Reasoning"
        value={filter.outcome}
        options={OUTCOMES}
        onChange={(outcome) => filterBy({ outcome })}
      />
      <Choice label="Reward" value={filter.reward} options={REWARDS} onChange={(reward) => filterBy({ reward })} />
      {kind === 'sampled' && (
        <Choice
          label="Advantage"
          value={filter.advantage}
          options={ADVANTAGES}
          onChange={(advantage) => filterBy({ advantage })}
        />
      )}
      {changed && (
        <button type="button" className="link-button" onClick={() => filterBy(NO_FILTER)}>
          Clear
        </button>
      )}
    </div>
  );
}

function Choice<Value extends string>({
  label,
  value,
  options,
  onChange,
}: {
  label: string;
  value: Value;
  options: Readonly<Record<Value, string>>;
  onChange: (value: Value) => void;
}) {
  const id = useId();
  const isValue = (text: string): text is Value => text in options;
  return (
    <>
      <label className="hidden-text" htmlFor={id}>
        {label}
      </label>
      <select
        id={id}
        className="field-input trace-choice"
        value={value}
        onChange={({ target }) => {
          if (isValue(target.value)) onChange(target.value);
        }}
      >
        {Object.entries<string>(options).map(([name, text]) => (
          <option key={name} value={name}>
            {text}
          </option>
        ))}
      </select>
    </>
  );
}

export function Segment({
  on,
  disabled = false,
  onClick,
  children,
}: {
  on: boolean;
  disabled?: boolean;
  onClick: () => void;
  children: ReactNode;
}) {
  return (
    <button type="button" className="segment" aria-pressed={on} disabled={disabled} onClick={onClick}>
      {children}
    </button>
  );
}
