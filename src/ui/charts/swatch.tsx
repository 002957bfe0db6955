import './charts.css';
/** A piece of a line, as a legend shows it. @param color a custom property */
export function Swatch({ color, dash = [] }: { color: string; dash?: readonly number[] | undefined }) {
  return (
    <svg className="swatch" viewBox="0 0 16 4" aria-hidden="true">
      <line x1="0" y1="2" x2="16" y2="2" stroke={`var(${color})`} strokeWidth="2" strokeDasharray={dash.join(' ')} />
    </svg>
  );
}
