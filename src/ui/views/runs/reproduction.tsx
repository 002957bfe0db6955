import type { RunCurves } from '../../../host/browser/api';
import {
  curveDifference,
  largestOf,
  supervisedSteps,
  toleranceSentence,
  withinTolerance,
} from '../../../records/reproduction';
import { firstDifference } from '../../../session/fingerprint';
import type { ReadableRun, RunGroup } from '../../../view/compare-runs';
import { formatNumber, plural } from '../../../view/format';
import { runName } from '../../../view/run-words';
import { headlineMetrics } from '../../../view/verdict';
import { CHARTS } from '../../../view/chart-terms';
import { ChartCard } from '../../charts/chart-card';
import '../../share/verdict.css';

interface ReproductionProps {
  groups: readonly RunGroup[];
  curves: ReadonlyMap<string, RunCurves>;
}

/**
 * Compares runs of one session with one seed: whether the second has the bits of the first, or where they part and by
 * how much.
 */
export function Reproduction({ groups, curves }: ReproductionProps) {
  const pairs = groups.flatMap(({ runs }) =>
    runs.flatMap((run, at) => {
      const first = runs.findIndex((other) => other.run.session.seed === run.run.session.seed);
      return first < at ? [[runs[first]!, run] as const] : [];
    }),
  );
  return pairs.map(([first, second]) => {
    const [a, b] = [curves.get(first.id), curves.get(second.id)];
    return a && b && <Pair key={second.id} first={first} second={second} a={a} b={b} />;
  });
}

interface PairProps {
  first: ReadableRun;
  second: ReadableRun;
  a: RunCurves;
  b: RunCurves;
}

function Pair({ first, second, a, b }: PairProps) {
  const { session } = first.run;
  const losses = [a, b].map(({ metrics }) => metrics.map(({ loss }) => loss));
  const points = curveDifference(losses[0]!, losses[1]!, supervisedSteps(session));
  const largest = largestOf(points);
  const parted = firstDifference(a.links, b.links);
  const shared = Math.min(a.links.length, b.links.length);
  const isSame = parted === null && shared > 0;
  const going = [first, second].some(({ state }) => state === 'held') ? ', and going on' : '';
  const howFar =
    shared === first.run.totalSteps
      ? `in all ${plural(shared, 'step')}`
      : `up to step ${shared}, the last that both have kept${going}`;
  const [claimed, found] = [headlineMetrics(first.run.evaluation), headlineMetrics(second.run.evaluation)];
  const metrics = Object.entries(claimed).flatMap(([name, value]) => {
    const other = found[name];
    return other === undefined ? [] : [[value, other] as const];
  });
  const isWithin = withinTolerance(session, points, metrics);
  const steps = Float64Array.from(points, ({ step }) => step);
  const values = Float64Array.from(points, ({ difference }) => difference);

  return (
    <section className={`callout verdict ${isSame ? 'reproduced' : 'different'}`} aria-label="Reproduction">
      <div className="stack">
        <h2>
          {isSame
            ? `${runName(second)} reproduces ${runName(first)} bit for bit, ${howFar}.`
            : parted !== null
              ? `${runName(second)} is another run of ${runName(first)}: they part at step ${parted}.`
              : 'One of the two has kept no checkpoint yet: their fingerprints cannot be compared.'}
        </h2>
        {!isSame && (
          <>
            <p>
              {where(first, second)}
              {largest &&
                ` The losses of stages 0 and 1 differ by ${percent(largest.difference)} at most, around step ${largest.step}.`}
              {isWithin !== null && ` ${toleranceSentence(session, isWithin, points.length > 0)}`}
            </p>
            <ChartCard
              {...CHARTS.loss_difference}
              version={shared}
              total={first.run.totalSteps}
              height={140}
              chart={{
                series: [{ label: 'difference', color: '--irrelevant', width: 2 }],
                data: [steps, values],
                full: { header: ['step', 'difference'], columns: [steps, values] },
              }}
              empty={<p>They share no steps of stages 0 and 1.</p>}
            />
          </>
        )}
      </div>
    </section>
  );
}

const percent = (share: number): string => `${formatNumber(100 * share)} %`;

function where({ run: a }: ReadableRun, { run: b }: ReadableRun): string {
  if (a.adapter === '' || b.adapter === '') return 'Not both adapters are known.';
  return a.adapter === b.adapter
    ? `Both ran on ${a.adapter}, where the same bits are expected; another version of the page, the browser or the driver can be why.`
    : `One ran on ${a.adapter}, the other on ${b.adapter}.`;
}
