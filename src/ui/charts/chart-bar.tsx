import type { ReactNode } from 'react';
import { SMOOTHING, usePreferences } from '../../store/preferences';
import './charts.css';

interface ChartBarProps {
  query: string;
  onQuery: (query: string) => void;
  children?: ReactNode;
}

/** Over a page of charts: a search, and how much their lines are smoothed. */
export function ChartBar({ query, onQuery, children }: ChartBarProps) {
  const { smoothing, change } = usePreferences();
  return (
    <div className="chart-bar">
      <input
        type="search"
        className="field-input"
        aria-label="Search charts"
        placeholder="Search charts"
        value={query}
        onChange={(event) => onQuery(event.target.value)}
      />
      <label title="An exponential moving average: each value weighs this much of the one after it. What was measured stays faintly behind; tables and CSV hold it as it is.">
        Smoothing
        <input
          type="range"
          min={SMOOTHING.min}
          max={SMOOTHING.max}
          step={0.01}
          value={smoothing}
          onChange={(event) => change({ smoothing: event.target.valueAsNumber })}
        />
        <output>{smoothing === 0 ? 'off' : smoothing.toFixed(2)}</output>
      </label>
      {children}
    </div>
  );
}
