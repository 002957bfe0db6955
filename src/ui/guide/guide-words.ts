import type { GuideSight, GuideStep } from '../../store/guide';
import { formatScore } from '../../view/format';

export const GUIDE_TITLES: Readonly<Record<GuideStep, string>> = {
  run: 'Run',
  curves: 'Curves',
  traces: 'Traces',
  search: 'Search',
  share: 'Share',
  end: 'End',
};

/** The action of the step's one button. */
export type GuideAct = 'start' | 'chart' | 'traces' | 'token' | 'search' | 'ask' | 'share' | 'close';

export interface GuideWords {
  text: string;
  button: string;
  act: GuideAct;
}

/** The text of a step, and its button. */
export function guideWords(step: GuideStep, sight: GuideSight): GuideWords {
  const start = { button: 'Start the run', act: 'start' } as const;
  if (step === 'run') {
    return { text: 'A small model is trained in this page, from nothing. Its curves appear as it learns.', ...start };
  }
  if (step === 'end') {
    const text =
      'That is the whole way. From here: change a setting and run again, train on your own documents, or watch stage 2 refresh its graph. The tutorial, in Help, goes through each.';
    return { text, button: 'Close', act: 'close' };
  }
  if (sight.run === null) return { text: 'This step looks at a run, and none is on the page. Start one, or open one in Runs.', ...start }; // prettier-ignore
  switch (step) {
    case 'curves':
      return { text: curvesText(sight), button: 'Show the chart', act: 'chart' };
    case 'traces':
      return sight.view === 'traces' && sight.hasTraces
        ? {
            text: 'Under each token is the rank that the right document would have if the model had stopped there. Choose a token to see the documents that were nearest then.',
            button: 'Take a token',
            act: 'token',
          }
        : {
            text: `${partedText(sight)}Read what the model wrote before it embedded: every completion is kept.`,
            button: 'Open Traces',
            act: 'traces',
          };
    case 'search':
      return sight.view === 'search'
        ? {
            text: 'The model answers twice: after writing its reasoning, and made to embed at once. Take an example or write a query of your own.',
            button: 'Ask an example',
            act: 'ask',
          }
        : { text: 'Now ask the model yourself, as it stands.', button: 'Open Search', act: 'search' };
    case 'share':
      return {
        text: `A link holds the whole session${sight.run === 'over' ? ' and its result' : ', and its result once the run has finished'}: whoever opens it can run it, and sees whether the same bits come out.`,
        button: 'Open Share',
        act: 'share',
      };
  }
}

function curvesText({ writes, firstEvaluation, chartShown }: GuideSight): string {
  const what = `The chart “Held-out nDCG@10” is the one to watch: how well queries that training never saw find their document, from 0 to 1${writes ? ', with the model’s reasoning and without it' : ''}.`;
  if (!chartShown) return what;
  const first = firstEvaluation === undefined ? 'at the end of the run' : `after step ${firstEvaluation}`;
  return writes
    ? `The first points come ${first}. Where the curves differ, the model finds documents by its reasoning that it does not find without it.`
    : `The first points come ${first}.`;
}

const partedText = ({ parted }: GuideSight): string =>
  parted
    ? `The curves parted at step ${parted.step.toLocaleString('en')}: ${formatScore(parted.reasoning)} with reasoning, ${formatScore(parted.other)} without. `
    : '';
