import { useState } from 'react';
import { evaluationSteps } from '../../../config/evaluation-steps';
import { useGuide } from '../../../store/guide';
import { usePreferences } from '../../../store/preferences';
import { useRan } from '../../../store/run';
import { save } from '../../../store/save';
import { streams } from '../../../store/streams';
import { allMetricsCsv } from '../../../view/all-metrics-csv';
import { CHARTS } from '../../../view/chart-terms';
import { isReward, isWanted } from '../../../view/metrics';
import { runFileName, sessionName } from '../../../view/run-words';
import { ChartBar } from '../../charts/chart-bar';
import { ChartCard } from '../../charts/chart-card';
import { MetricCharts } from '../../charts/metric-charts';
import { GUIDED_CHART } from '../../guide/guide-acts';
import { useTick } from '../../kit/use-tick';
import { evaluationChart, lossChart, metricChart } from './chart-sources';

const SHARE: readonly [number, number] = [0, 1];

/** The charts of the run on the page: loss, held-out nDCG@10, reward, and a small chart for every other metric. */
export function Charts() {
  const version = useTick();
  const plan = useRan((ran) => ran.plan);
  const session = useRan((ran) => ran.session);
  const smoothing = usePreferences((state) => state.smoothing);
  const isGuided = usePreferences(
    ({ guideOpen, guideStep }) => guideOpen && (guideStep === 'curves' || guideStep === 'traces'),
  );
  const isPointedOut = useGuide((state) => state.chartShown);
  const [query, setQuery] = useState('');
  const total = plan?.totalSteps ?? 1;
  const names = streams.names();
  const first = session ? evaluationSteps(session)[0] : undefined;
  const hasReward = (session?.grpo.steps ?? 0) > 0;
  const common = { version, total };
  const main = [
    isWanted(query, 'Held-out nDCG@10 evaluation with and without reasoning') && (
      <ChartCard
        key="evaluation"
        {...common}
        title={CHARTS.evaluation.title}
        about={`${CHARTS.evaluation.about} Bands are 95 % intervals.`}
        chart={evaluationChart(streams)}
        range={SHARE}
        id={GUIDED_CHART}
        isMarked={isGuided && isPointedOut}
        empty={
          <p>
            {first === undefined
              ? 'This session evaluates at its end alone.'
              : `The first evaluation comes after step ${first}, on queries that training never sees.`}
          </p>
        }
      />
    ),
    isWanted(query, 'Loss', 'what is minimised', ...names.filter((name) => name.startsWith('loss'))) && (
      <ChartCard
        key="loss"
        {...common}
        {...CHARTS.loss}
        chart={lossChart(streams, smoothing)}
        logToggle
        empty={<p>The loss appears with the first steps.</p>}
      />
    ),
    hasReward && isWanted(query, 'Reward reward_std spread of the completions') && (
      <ChartCard
        key="reward"
        {...common}
        {...CHARTS.reward}
        chart={metricChart(
          streams,
          names.filter(isReward),
          (name) => ({
            color: name === 'reward' ? '--reasoning' : '--other',
            dash: name === 'reward' ? [] : [3, 3],
          }),
          smoothing,
        )}
        range={SHARE}
        empty={<p>The reward appears with stage 2.</p>}
      />
    ),
  ].filter(Boolean);

  return (
    <div className="charts">
      <ChartBar query={query} onQuery={setQuery}>
        <button
          type="button"
          className="button"
          disabled={streams.length === 0}
          title="Every metric of every step, and every evaluation, as one table"
          onClick={() =>
            save(runFileName(session ? sessionName(session) : '', 'metrics.csv'), allMetricsCsv(streams.table()))
          }
        >
          All metrics as CSV
        </button>
      </ChartBar>
      {main.length > 0 && <div className="charts-main">{main}</div>}
      <MetricCharts
        {...common}
        names={names}
        query={query}
        chart={(name) => metricChart(streams, [name], () => ({ color: '--other', dash: [], width: 1.25 }), smoothing)}
      />
    </div>
  );
}
