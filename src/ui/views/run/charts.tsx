import { useRun } from '../../../store/run';
import { streams } from '../../../store/streams';
import { isReward, metricInfo, smallMultiples } from '../../../view/metrics';
import { ChartCard } from '../../charts/chart-card';
import { useTick } from '../../kit/use-tick';
import { evaluationChart, lossChart, metricChart } from './chart-sources';

const SHARE: readonly [number, number] = [0, 1];

export function Charts() {
  const version = useTick();
  const plan = useRun((state) => state.plan);
  const session = useRun((state) => state.session);
  const total = plan?.totalSteps ?? 1;
  const names = streams.names();
  const hasReward = (session?.grpo.steps ?? 0) > 0;
  const common = { version, total };

  return (
    <div className="charts">
      <div className="charts-main">
        <ChartCard
          {...common}
          title="Held-out nDCG@10"
          about="How well held-out queries find their document, from 0 to 1, with and without reasoning; bands are 95 % intervals."
          chart={evaluationChart(streams)}
          range={SHARE}
          noteTarget="curves"
          empty={
            <p>
              {session && session.evaluation.every > 0
                ? `The first evaluation comes after step ${session.evaluation.every}, on queries that training never sees.`
                : 'This session evaluates at the end alone.'}
            </p>
          }
        />
        <ChartCard
          {...common}
          title="Loss"
          about="What is minimised, in all and by term."
          chart={lossChart(streams)}
          logToggle
          smoothToggle
          empty={<p>The loss appears with the first steps.</p>}
        />
        {hasReward && (
          <ChartCard
            {...common}
            title="Reward"
            smoothToggle
            about="Mean reward of the step’s completions and its spread."
            chart={metricChart(streams, names.filter(isReward), (name) => ({
              color: name === 'reward' ? '--reasoning' : '--other',
              dash: name === 'reward' ? [] : [3, 3],
            }))}
            range={SHARE}
            empty={<p>The reward appears with stage 2.</p>}
          />
        )}
      </div>
      <div className="charts-small">
        {smallMultiples(names).map((name) => {
          const { label, unit, meaning } = metricInfo(name);
          return (
            <ChartCard
              key={name}
              {...common}
              small
              title={unit ? `${label}, ${unit}` : label}
              about={meaning}
              height={96}
              chart={metricChart(streams, [name], () => ({ color: '--other', dash: [], width: 1.25 }))}
              empty={null}
            />
          );
        })}
      </div>
    </div>
  );
}
