/** Custom properties to colours that a canvas takes; it knows neither `var()` nor `light-dark()`. */
export function createColors(element: HTMLElement): (color: string) => string {
  const probe = document.createElement('span');
  probe.hidden = true;
  element.append(probe);
  const known = new Map<string, string>();
  return (color) => {
    if (!color.startsWith('--')) return color;
    let found = known.get(color);
    if (found === undefined) {
      probe.style.color = `var(${color})`;
      found = getComputedStyle(probe).color;
      known.set(color, found);
    }
    return found;
  };
}

/** `rgb(1, 2, 3)` with an opacity. */
export const withAlpha = (color: string, alpha: number): string =>
  `color-mix(in srgb, ${color} ${Math.round(alpha * 100)}%, transparent)`;
