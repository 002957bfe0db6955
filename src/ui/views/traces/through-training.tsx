import './traces.css';
import { useEffect } from 'react';
import { useHover } from '../../../store/hover';
import { useRan } from '../../../store/run';
import { shownOf } from '../../../store/asked';
import { askHistory, useTraces, type PastTrace } from '../../../store/traces';
import { plural } from '../../../view/format';
import { rankDepth } from '../../../view/rank-line';
import { pointsAt, StepLink } from '../../frame/step-link';
import { CloseIcon, RightIcon } from '../../kit/icons';
import { TokenLine } from './token-line';

/** The same query through training: its greedy completion at each step that can be asked, one under the other. */
export default function ThroughTraining({ query }: { query: string }) {
  const asked = useTraces((state) => state.history);
  const tint = useTraces((state) => state.tint);
  const documents = useRan(({ plan }) => plan?.documents) ?? 1;
  useEffect(() => void askHistory(query), [query]);
  const hovered = useHover((state) => state.step);
  const history = shownOf(asked);
  if (asked.state === 'failed') {
    return (
      <div className="callout warn">
        <p>The models of this run could not be asked: {asked.error.message}. What was recorded is not touched.</p>
      </div>
    );
  }
  if (!history || history.query !== query) return <p className="muted">Asking the models that were kept.</p>;
  const { rows, left } = history;
  const pointed = rows.findLast(({ step }) => step <= (hovered ?? -1))?.step;
  if (rows.length === 0) {
    return <p className="muted">No model was kept yet. One is at each evaluation and checkpoint.</p>;
  }
  return (
    <div className="through">
      <p className="muted small" role="status">
        Its greedy completion at {plural(rows.length, 'step')}
        {left > 0 && `; ${plural(left, 'model')} still to ask`}. What differs from the line above is underlined.
      </p>
      <RankOverTime rows={rows} documents={documents} />
      <ol className="completions">
        {rows.map(({ step, completion }, at) => {
          const { exact, rank } = completion;
          return (
            <li key={step} className={`completion${step === pointed ? ' pointed' : ''}`}>
              <div className="completion-facts">
                <StepLink step={step}>step {step.toLocaleString('en')}</StepLink>
                <span className={`through-verdict ${exact ? 'right' : 'wrong'}`}>
                  {exact ? <RightIcon /> : <CloseIcon />}
                  {exact ? 'right' : 'wrong'}
                </span>
                <span>rank {rank > 0 ? rank.toLocaleString('en') : 'none'}</span>
              </div>
              <div className="completion-line">
                <TokenLine
                  label={`At step ${step}, token by token`}
                  completion={{ ...completion, advantage: null }}
                  documents={documents}
                  tint={tint === 'advantage' ? null : tint}
                  large={false}
                  column={null}
                  changed={differences(rows[at - 1], completion.tokens)}
                />
              </div>
            </li>
          );
        })}
      </ol>
    </div>
  );
}

/** Indices of the tokens that differ from the completion before, or are new. */
function differences(before: PastTrace | undefined, tokens: readonly string[]): ReadonlySet<number> {
  if (!before) return new Set();
  const old = before.completion.tokens;
  return new Set(tokens.flatMap((token, at) => (token === old[at] ? [] : [at])));
}

const WIDTH = 600;
const HEIGHT = 64;

/** Rank of the right document at the end of the reasoning, over the steps. */
function RankOverTime({ rows, documents }: { rows: readonly PastTrace[]; documents: number }) {
  const hovered = useHover((state) => state.step);
  const first = rows[0]!.step;
  const last = rows.at(-1)!.step;
  const x = (step: number): number => (last > first ? (step - first) / (last - first) : 0.5) * (WIDTH - 24) + 12;
  const points = rows.map(({ step, completion: { rank } }) => ({
    step,
    rank,
    // What was not found at all lies at the bottom.
    y: 8 + (rankDepth(rank, documents) ?? 1) * (HEIGHT - 16),
  }));
  const said = points.map(({ step, rank }) => `step ${step}: ${rank > 0 ? rank : 'none'}`).join(', ');
  return (
    <figure className="rank-over-time">
      <figcaption className="small muted">
        Rank over time, 1 on top, {documents.toLocaleString('en')} at the bottom, logarithmic
      </figcaption>
      <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} role="img" aria-label={`Rank over time: ${said}`}>
        <path className="grid" d={`M0 8H${WIDTH}M0 ${HEIGHT - 8}H${WIDTH}`} />
        <path
          className="line"
          d={points.map(({ step, y }, at) => `${at === 0 ? 'M' : 'L'}${x(step).toFixed(1)} ${y.toFixed(1)}`).join('')}
        />
        {hovered !== null && hovered >= first && hovered <= last && (
          <path className="pointed" d={`M${x(hovered).toFixed(1)} 0V${HEIGHT}`} />
        )}
        {points.map(({ step, rank, y }) => (
          <circle key={step} cx={x(step)} cy={y} r="3.5" {...pointsAt(step)}>
            <title>{`step ${step}: rank ${rank > 0 ? rank : 'none'}`}</title>
          </circle>
        ))}
      </svg>
    </figure>
  );
}
