import './guide.css';
import { useEffect } from 'react';
import { evaluationSteps } from '../../config/evaluation-steps';
import { useDevice } from '../../store/device';
import { GUIDE_STEPS, guideStep, useGuide, type GuideSight } from '../../store/guide';
import { usePage } from '../../store/page';
import { usePreferences } from '../../store/preferences';
import { useRecords } from '../../store/records';
import { isLive, useRan, useRun } from '../../store/run';
import { answerOf, isSearching, useSearch } from '../../store/search';
import { useRunShown } from '../../store/shown';
import { streams } from '../../store/streams';
import { useTraces } from '../../store/traces';
import { isAbove, withoutReasoning } from '../../view/arms';
import { useRunObstacle } from '../frame/commands';
import { ObstacleReason } from '../frame/run-button';
import { IconButton } from '../kit/icon-button';
import { CloseIcon } from '../kit/icons';
import { focusOr } from '../kit/return-focus';
import { useTick } from '../kit/use-tick';
import { closeGuide, doGuided } from './guide-acts';
import { GUIDE_TITLES, guideWords } from './guide-words';

/** The guided first run: one card on top of the view, a step at a time, until it is closed or at its end. */
export function Guide() {
  const open = usePreferences((state) => state.guideOpen);
  const missing = useDevice((state) => state.kind === 'missing');
  const failed = useRun(({ status }) => status === 'failed' || status === 'interrupted');
  const hasRun = useRunShown();
  // What has failed says what helps by itself, and where nothing can be trained there is nothing to start.
  return open && !(hasRun ? failed : missing) ? <GuideCard /> : null;
}

function GuideCard() {
  const from = usePreferences((state) => state.guideStep);
  const change = usePreferences((state) => state.change);
  const obstacle = useRunObstacle();
  const asking = useSearch((state) => isSearching(state) || state.examples.length === 0);
  const sight = useSight();
  const step = guideStep(from, sight);
  useEffect(() => {
    if (step !== from) change({ guideStep: step });
  }, [step, from, change]);

  const { text, button, act } = guideWords(step, sight);
  const hindered = act === 'start' ? obstacle : null;
  return (
    <section className="guide" aria-label="Guided first run">
      <div className="guide-words">
        <p className="guide-head">
          <strong>Guided first run</strong>{' '}
          {step !== 'end' && (
            <span className="muted">
              {GUIDE_STEPS.indexOf(step) + 1} of {GUIDE_STEPS.length} · {GUIDE_TITLES[step]}
            </span>
          )}
        </p>
        <p role="status">{text}</p>
        {hindered && <ObstacleReason obstacle={hindered} />}
      </div>
      <button
        type="button"
        className="button"
        disabled={hindered !== null || (act === 'ask' && asking)}
        onClick={() => {
          doGuided(act, sight.parted?.step);
          if (act === 'close') focusOr(null);
        }}
      >
        {button}
      </button>
      {act !== 'close' && (
        <IconButton
          label="Close the guided first run; Help brings it back"
          onClick={() => {
            closeGuide();
            focusOr(null);
          }}
        >
          <CloseIcon />
        </IconButton>
      )}
    </section>
  );
}

/** The page, as far as the guide goes by it. */
function useSight(): GuideSight {
  useTick();
  const shown = useRunShown();
  const status = useRun((state) => state.status);
  const session = useRan((ran) => ran.session);
  return {
    view: usePage((state) => state.view),
    run: !shown ? null : isLive(status) ? 'going' : 'over',
    writes: session !== null && (/^(reasoning|both)$/.test(session.sft.mode) || session.grpo.steps > 0),
    hasTraces: useRecords(({ traces, dev }) => traces.length + dev.length > 0),
    firstEvaluation: session ? evaluationSteps(session)[0] : undefined,
    parted: shown ? firstParted() : null,
    chartShown: useGuide((state) => state.chartShown),
    tokenTaken: useTraces((state) => state.point !== null),
    answers: useDevice((state) => state.kind !== 'missing') && (isLive(status) || status === 'finished'),
    answered: useSearch((state) => answerOf(state) !== null),
    shareOpen: usePage((state) => state.share),
  };
}

function firstParted(): GuideSight['parted'] {
  for (const { step, arms } of streams.evaluations) {
    const other = withoutReasoning(arms);
    if (arms.reasoning && other && isAbove(arms.reasoning, other)) {
      return { step, reasoning: arms.reasoning.ndcg_cut_10, other: other.ndcg_cut_10 };
    }
  }
  return null;
}
