const WIDTH = 96;
const HEIGHT = 24;

/** Curves without axes: their shapes alone, all on one scale. */
export function Sparkline({ curves }: { curves: readonly (readonly number[])[] }) {
  const drawn = curves.filter(({ length }) => length > 1);
  if (drawn.length === 0) return <span className="sparkline" />;
  const low = Math.min(...drawn.flat());
  const range = Math.max(...drawn.flat()) - low || 1;
  const pointsOf = (values: readonly number[]): string =>
    values
      .map((value, at) => {
        const x = (at / (values.length - 1)) * (WIDTH - 4) + 2;
        const y = HEIGHT - 3 - ((value - low) / range) * (HEIGHT - 6);
        return `${x.toFixed(1)},${y.toFixed(1)}`;
      })
      .join(' ');
  return (
    <svg className="sparkline" viewBox={`0 0 ${WIDTH} ${HEIGHT}`} width={WIDTH} height={HEIGHT} aria-hidden="true">
      {drawn.map((values, at) => (
        <polyline key={at} points={pointsOf(values)} fill="none" stroke="var(--reasoning)" strokeWidth="1.5" />
      ))}
    </svg>
  );
}
