import { create } from 'zustand';

/** Steps of the guide through a first run, in order. */

export const GUIDE_STEPS = ['run', 'curves', 'traces', 'search', 'share'] as const;
/** A step of the guide; the last one says what else there is. */
export type GuideStep = (typeof GUIDE_STEPS)[number] | 'end';

/** The part of the page's state that the guide reads. */
export interface GuideSight {
  view: string;
  /** Whether the run whose numbers are shown is running or has ended; null where there is none. */
  run: 'going' | 'over' | null;
  /** Whether the model writes before it embeds. */
  writes: boolean;
  /** Whether there are completions to read. */
  hasTraces: boolean;
  /** The step of the first evaluation; undefined where the only one is at the end. */
  firstEvaluation: number | undefined;
  /** The first evaluation in which the two curves differ. */
  parted: { step: number; reasoning: number; other: number } | null;
  /** Whether the guide has pointed at the chart. */
  chartShown: boolean;
  tokenTaken: boolean;
  /** Whether there is a model that can answer a search. */
  answers: boolean;
  /** Whether a search was answered. */
  answered: boolean;
  shareOpen: boolean;
}

/** Whether the guide has pointed at the chart in this visit. */
export const useGuide = create<Pick<GuideSight, 'chartShown'> & { showChart: (isShown: boolean) => void }>()((set) => ({
  chartShown: false,
  showChart: (chartShown) => set({ chartShown }),
}));

/** The step of the guide to show: steps that the user has done, and steps that this run cannot show, are skipped. */
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
