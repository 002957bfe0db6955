/** Colours of the page as the shaders take them, 0 … 1. */
type Channels = readonly [red: number, green: number, blue: number];

export interface SceneColors {
  theme: 'light' | 'dark';
  background: Channels;
  edge: Channels;
  edgeStrength: number;
  accent: Channels;
  found: Channels;
  wanted: Channels;
  pulse: Channels;
  added: Channels;
  removed: Channels;
  drift: Channels;
}

/** The page's colours as they are now. @param element any of the page */
export function readColors(element: HTMLElement): SceneColors {
  const probe = document.createElement('span');
  probe.hidden = true;
  element.append(probe);
  const read = (name: string): Channels => {
    probe.style.color = `var(${name})`;
    const [red = 0, green = 0, blue = 0] = (getComputedStyle(probe).color.match(/[\d.]+/g) ?? []).map(Number);
    return [red / 255, green / 255, blue / 255];
  };
  const background = read('--bg');
  const isDark = background[0] + background[1] + background[2] < 1.5;
  const colors: SceneColors = {
    theme: isDark ? 'dark' : 'light',
    background,
    edge: read('--other'),
    edgeStrength: isDark ? 0.9 : 1,
    accent: read('--accent'),
    found: read('--reasoning'),
    wanted: read('--text'),
    pulse: read('--warn'),
    added: read('--relevant'),
    removed: read('--error'),
    drift: read('--direct'),
  };
  probe.remove();
  return colors;
}
