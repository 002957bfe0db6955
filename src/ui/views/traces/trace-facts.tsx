import { useEffect } from 'react';
import { useRan } from '../../../store/run';
import { useSelection } from '../../../store/selection';
import { shownOf } from '../../../store/asked';
import { askThinking, useTraces } from '../../../store/traces';
import { formatNumber, formatPercent } from '../../../view/format';
import { advantageSentence, hopSentence, reachSentence, rewardSentence, traceColumns } from '../../../view/trace-words';
import { Explained } from '../../kit/explained';
import { CloseIcon, RightIcon } from '../../kit/icons';
import { NearestDocuments } from './nearest';

/** The inspector's facts about the chosen completion, and the documents nearest at the chosen point. */
export default function TraceFacts() {
  const group = shownOf(useTraces((state) => state.group));
  const taken = useSelection((state) => state.completion);
  const query = useSelection((state) => state.query);
  const point = useTraces((state) => state.point);
  const k = useRan(({ session }) => session.grpo.reward_k) ?? 10;
  const at = taken ?? 0;
  const completion = group?.query === query ? group?.completions[at] : undefined;
  if (!group || !completion) return null;
  return (
    <section>
      <h3>
        Completion {at + 1} of {group.completions.length}
      </h3>
      <p>{rewardSentence(completion, k)}</p>
      <p>{advantageSentence(group, completion.advantage)}</p>
      <p>{reachSentence(completion, k)}</p>
      {completion.hops.length > 0 && (
        <ol className="hop-list">
          {completion.hops.map((hop, i) => (
            <li key={i} className={hop.right ? 'right' : 'wrong'}>
              {hop.right ? <RightIcon /> : <CloseIcon />}
              <span>{hopSentence(hop)}</span>
            </li>
          ))}
        </ol>
      )}
      {point?.completion === at && <PointFacts at={at} column={point.column} />}
    </section>
  );
}

function PointFacts({ at, column }: { at: number; column: number }) {
  const group = shownOf(useTraces((state) => state.group));
  const asked = useTraces((state) => state.thinking[at]);
  useEffect(() => void askThinking(at), [at, group]);
  const completion = group?.completions[at];
  if (!group || !completion) return null;
  const thinking = asked ? shownOf(asked) : null;
  const columns = traceColumns(completion.ranks || !thinking ? completion : { ...completion, ...thinking });
  const here = columns[column];
  if (!here) return null;
  const logprob = completion.logprobs[here.at];
  const entropy = completion.entropies[here.at];
  const last = columns.length - 1;
  // The embed token's own place is the last prefix.
  const prefix = here.isEmbed ? last - 1 : column;
  const nearest = thinking?.nearest[prefix];
  return (
    <>
      <h3>
        {here.token === null ? 'Before the first word' : here.isEmbed ? 'At its embed token' : `After “${here.token}”`}
      </h3>
      <dl className="pairs">
        {logprob !== undefined && (
          <>
            <dt>
              <Explained id="token_probability">Probability</Explained>
            </dt>
            <dd title={String(Math.exp(logprob))}>
              {formatPercent(Math.exp(logprob))}, log {formatNumber(logprob)}
            </dd>
          </>
        )}
        {entropy !== undefined && (
          <>
            <dt>
              <Explained id="token_entropy">Entropy</Explained>
            </dt>
            <dd title={String(entropy)}>{formatNumber(entropy)} nats</dd>
          </>
        )}
        {here.rank !== undefined && (
          <>
            <dt>
              <Explained id="rank_while_thinking">Rank here</Explained>
            </dt>
            <dd>{here.rank.toLocaleString('en')}</dd>
          </>
        )}
        {here.reward !== undefined && (
          <>
            <dt>
              <Explained id="reward_here">Reward here</Explained>
            </dt>
            <dd title={String(here.reward)}>{formatNumber(here.reward)}</dd>
          </>
        )}
      </dl>
      <h3>Nearest documents here</h3>
      {asked?.state === 'failed' && <p className="muted">They cannot be computed: {asked.error.message}.</p>}
      {asked?.state === 'asking' && <p className="muted">Asking the model.</p>}
      {nearest && thinking && (
        <>
          <p className="muted small">
            As the model stood after step {thinking.step.toLocaleString('en')}, every document encoded by it.
            {group.kind === 'sampled' &&
              completion.ranks &&
              ' The rank above was recorded before the step’s update, against the vectors that gave the reward, so that the two may differ.'}
          </p>
          <NearestDocuments hits={nearest} />
        </>
      )}
    </>
  );
}
