import './task.css';
/** A figure in a picture: its point and its interval. */
interface IntervalRow {
  name: string;
  value: number;
  low: number;
  high: number;
  /** The row's colour and form. */
  mark: 'reasoning' | 'direct' | 'lexical';
}

/** A line each with a point and its interval, for those who look; the table beside it says the same. @param axis its end */
export function IntervalRows({ rows, metric, axis }: { rows: readonly IntervalRow[]; metric: string; axis: number }) {
  const at = (value: number): string => `${(100 * Math.max(0, Math.min(1, value / axis))).toFixed(1)}%`;
  return (
    <div className="task-parts" aria-hidden="true">
      {rows.map(({ name, value, low, high, mark }) => (
        <div key={name} className="task-parts-row task-systems-row">
          <span>{name}</span>
          <div className="task-parts-track">
            <i className="task-interval" style={{ left: at(low), right: `calc(100% - ${at(high)})` }} />
            <i className="task-mark" data-mark={mark} style={{ left: at(value) }} />
          </div>
        </div>
      ))}
      <div className="task-parts-row task-systems-row task-parts-axis">
        <span />
        <div>
          <span>0</span>
          <span>{metric}</span>
          <span>{axis}</span>
        </div>
      </div>
    </div>
  );
}
