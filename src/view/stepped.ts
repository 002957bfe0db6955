interface Steps {
  kind: 'number' | 'integer';
  min: number;
  max: number;
  step: number;
  geometric: boolean;
}

/** The value after an arrow key up or down, within its bounds and without rounding noise. */
export function stepped(value: number, direction: 1 | -1, { kind, min, max, step, geometric }: Steps): number {
  let next: number;
  if (geometric && value > 0) next = direction > 0 ? value * step : value / step;
  // From a value off the grid, to the next one on it.
  else if (direction > 0) next = (Math.floor(value / step + 1e-9) + 1) * step;
  else next = (Math.ceil(value / step - 1e-9) - 1) * step;
  const tidy = kind === 'integer' ? Math.round(next) : Number(next.toPrecision(6));
  return Math.min(max, Math.max(min, tidy));
}
