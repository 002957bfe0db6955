const WIDTH = 96;
const HEIGHT = 24;

/** A curve without axes: its shape alone. */
export function Sparkline({ values }: { values: readonly number[] }) {
  if (values.length < 2) return <span className="sparkline" />;
  const low = Math.min(...values);
  const range = Math.max(...values) - low || 1;
  const points = values.map((value, at) => {
    const x = (at / (values.length - 1)) * (WIDTH - 4) + 2;
    const y = HEIGHT - 3 - ((value - low) / range) * (HEIGHT - 6);
    return `${x.toFixed(1)},${y.toFixed(1)}`;
  });
  return (
    <svg className="sparkline" viewBox={`0 0 ${WIDTH} ${HEIGHT}`} width={WIDTH} height={HEIGHT} aria-hidden="true">
      <polyline points={points.join(' ')} fill="none" stroke="var(--reasoning)" strokeWidth="1.5" />
    </svg>
  );
}
