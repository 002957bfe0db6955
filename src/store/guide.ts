import { create } from 'zustand';

/** The guided first run: where it leads, and when each of its steps is done. */

export const GUIDE_STEPS = ['run', 'curves', 'traces', 'search', 'share'] as const;
/** The last one says what else there is. */
export type GuideStep = (typeof GUIDE_STEPS)[number] | 'end';

/** As much of the page as the guide looks at. */
export interface GuideSight {
  view: string;
  /** The run whose numbers the screens show; null where there is none. */
  run: 'going' | 'over' | null;
  /** The model writes before it embeds. */
  writes: boolean;
  /** Completions are there to be read. */
  hasTraces: boolean;
  /** The first evaluation comes after this step; undefined where it is the one at the end. */
  firstEvaluation: number | undefined;
  /** The first evaluation whose two curves are apart. */
  parted: { step: number; reasoning: number; other: number } | null;
  /** The chart was pointed out. */
  chartShown: boolean;
  tokenTaken: boolean;
  /** A model can be asked here. */
  answers: boolean;
  /** It was asked, and has answered. */
  answered: boolean;
  shareOpen: boolean;
}

/** Whether the chart was pointed out in this visit. */
export const useGuide = create<Pick<GuideSight, 'chartShown'> & { showChart: (isShown: boolean) => void }>()((set) => ({
  chartShown: false,
  showChart: (chartShown) => set({ chartShown }),
}));

/** The step to stand at: what the person has done is behind them, and what this run cannot show is left out. */
export function guideStep(from: GuideStep, sight: GuideSight): GuideStep {
  let step = from;
  for (let next = after(step, sight); next !== step; next = after(step, sight)) step = next;
  return step;
}

function after(step: GuideStep, sight: GuideSight): GuideStep {
  const { run, view } = sight;
  if (run === null) return step;
  const over = run === 'over';
  switch (step) {
    case 'run':
      return 'curves';
    case 'curves': {
      const looked = sight.chartShown || view === 'traces' || view === 'search';
      return looked && (sight.parted !== null || over) ? 'traces' : step;
    }
    case 'traces':
      return sight.tokenTaken || !sight.writes || (over && !sight.hasTraces) ? 'search' : step;
    case 'search':
      return sight.answered || (over && !sight.answers) ? 'share' : step;
    case 'share':
      return sight.shareOpen ? 'end' : step;
    case 'end':
      return step;
  }
}
