import { create } from 'zustand';
import { GUIDE_STEPS, type GuideStep } from './guide';

// How the user has arranged the page, kept in this browser.

export type Theme = 'auto' | 'light' | 'dark';

interface Preferences {
  theme: Theme;
  sessionWidth: number;
  inspectorWidth: number;
  sessionOpen: boolean;
  /** Groups of the session panel that are open. */
  openGroups: readonly string[];
  /** The step of the guide, and whether its card is shown. */
  guideStep: GuideStep;
  guideOpen: boolean;
  /** Whether keys without Ctrl or ⌘, such as Space and 1, are shortcuts. */
  singleKeys: boolean;
  /** Weight of the exponential moving average over the charts' values; 0 draws them as they are. */
  smoothing: number;
  /** Metrics whose charts come first. */
  pinnedCharts: readonly string[];
  /** Groups of charts that are closed. */
  closedCharts: readonly string[];
  /** Whether the browser was already asked to keep runs for good. */
  askedToKeep: boolean;
  /** Whether a GPU without a tuning is tuned unasked; false once a tuning was forgotten. */
  tunesUnasked: boolean;
}

const THEMES: readonly Theme[] = ['auto', 'light', 'dark'];
const STEPS: readonly GuideStep[] = [...GUIDE_STEPS, 'end'];

const KEY = 'search-r3-lab';
export const SESSION_WIDTH = { min: 260, max: 520 };
export const INSPECTOR_WIDTH = { min: 300, max: 560 };
export const SMOOTHING = { min: 0, max: 0.99 };

const initial: Preferences = {
  theme: 'auto',
  sessionWidth: 300,
  inspectorWidth: 340,
  sessionOpen: true,
  openGroups: ['task', 'sft'],
  guideStep: 'run',
  guideOpen: true,
  singleKeys: true,
  smoothing: 0,
  pinnedCharts: [],
  closedCharts: [],
  askedToKeep: false,
  tunesUnasked: true,
};

interface PreferencesState extends Preferences {
  change: (changes: Partial<Preferences>) => void;
  toggleGroup: (group: string) => void;
  togglePin: (metric: string) => void;
  toggleCharts: (group: string) => void;
}

/** How the page is arranged; kept in this browser, never in a link. */
export const usePreferences = create<PreferencesState>()((set, get) => ({
  ...initial,
  ...stored(),
  change: (changes) => {
    set(changes);
    store(get());
  },
  toggleGroup: (group) => {
    const { openGroups, change } = get();
    change({ openGroups: toggled(openGroups, group) });
  },
  togglePin: (metric) => {
    const { pinnedCharts, change } = get();
    change({ pinnedCharts: toggled(pinnedCharts, metric) });
  },
  toggleCharts: (group) => {
    const { closedCharts, change } = get();
    change({ closedCharts: toggled(closedCharts, group) });
  },
}));

const toggled = (list: readonly string[], one: string): string[] =>
  list.includes(one) ? list.filter((other) => other !== one) : [...list, one];

function store(state: Preferences): void {
  const { theme, sessionWidth, inspectorWidth, sessionOpen, openGroups, guideStep, guideOpen, singleKeys } = state;
  const { smoothing, pinnedCharts, closedCharts, askedToKeep, tunesUnasked } = state;
  const page = { theme, sessionWidth, inspectorWidth, sessionOpen, openGroups, guideStep, guideOpen, singleKeys };
  const kept: Preferences = { ...page, smoothing, pinnedCharts, closedCharts, askedToKeep, tunesUnasked };
  try {
    localStorage.setItem(KEY, JSON.stringify(kept));
  } catch {
    // A browser that keeps nothing: the page works all the same.
  }
}

/** The preferences of an earlier visit, as far as they are valid. */
function stored(): Partial<Preferences> {
  let json: unknown;
  try {
    json = JSON.parse(localStorage.getItem(KEY) ?? '{}');
  } catch {
    return {};
  }
  if (typeof json !== 'object' || json === null) return {};
  const held = new Map<string, unknown>(Object.entries(json));
  const within = (key: string, { min, max }: { min: number; max: number }, otherwise: number): number => {
    const value = held.get(key);
    return typeof value === 'number' && value >= min && value <= max ? value : otherwise;
  };
  const list = (key: string): string[] | null => {
    const value = held.get(key);
    return Array.isArray(value) ? value.filter((entry) => typeof entry === 'string') : null;
  };
  return {
    theme: THEMES.find((theme) => theme === held.get('theme')) ?? initial.theme,
    sessionWidth: within('sessionWidth', SESSION_WIDTH, initial.sessionWidth),
    inspectorWidth: within('inspectorWidth', INSPECTOR_WIDTH, initial.inspectorWidth),
    sessionOpen: held.get('sessionOpen') !== false,
    openGroups: list('openGroups') ?? initial.openGroups,
    guideStep: STEPS.find((step) => step === held.get('guideStep')) ?? initial.guideStep,
    guideOpen: held.get('guideOpen') !== false,
    singleKeys: held.get('singleKeys') !== false,
    smoothing: within('smoothing', SMOOTHING, initial.smoothing),
    pinnedCharts: list('pinnedCharts') ?? initial.pinnedCharts,
    closedCharts: list('closedCharts') ?? initial.closedCharts,
    askedToKeep: held.get('askedToKeep') === true,
    tunesUnasked: held.get('tunesUnasked') !== false,
  };
}
