import { lab } from '../../store/lab';
import { useGuide } from '../../store/guide';
import { pointAt } from '../../store/hover';
import { usePage } from '../../store/page';
import { usePreferences } from '../../store/preferences';
import { useSearch } from '../../store/search';
import { streams } from '../../store/streams';
import { startRun } from '../frame/commands';
import type { GuideAct } from './guide-words';

/** The element of the chart that the guide points out. */
export const GUIDED_CHART = 'held-out-chart';

/** Shows the card where it was left, or from its beginning after its end. */
export function openGuide(): void {
  const { guideStep, change } = usePreferences.getState();
  change({ guideOpen: true, guideStep: guideStep === 'end' ? 'run' : guideStep });
  useGuide.getState().showChart(false);
  usePage.getState().show({ help: false });
}

export function closeGuide(): void {
  usePreferences.getState().change({ guideOpen: false });
}

/** Does or shows what a step is about. @param parted the step at which the curves parted. */
export function doGuided(act: GuideAct, parted: number | undefined): void {
  const { show } = usePage.getState();
  switch (act) {
    case 'start':
      startRun();
      break;
    case 'chart':
      show({ view: 'run' });
      useGuide.getState().showChart(true);
      // The view may have to come first.
      requestAnimationFrame(() => {
        const chart = document.getElementById(GUIDED_CHART);
        chart?.scrollIntoView({ block: 'nearest' });
        chart?.querySelector<HTMLElement>('.term')?.focus({ preventScroll: true });
        if (parted !== undefined) pointAt(parted, streams.lastStep());
      });
      break;
    case 'traces':
    case 'search':
      show({ view: act });
      break;
    case 'token': {
      const tokens = document.querySelectorAll<HTMLElement>('.completion.current .token-button');
      tokens[tokens.length - 1]?.focus();
      break;
    }
    case 'ask': {
      const [example] = useSearch.getState().examples;
      if (example !== undefined) void lab.search(example);
      break;
    }
    case 'share':
      show({ share: true });
      break;
    case 'close':
      closeGuide();
      break;
  }
}
