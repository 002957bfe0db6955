import { useEffect, useRef, useState } from 'react';
import type { TraceGroup, TraceView } from '../../../host/browser/api';
import { lab } from '../../../store/lab';
import { useRan, useRun } from '../../../store/run';
import { useSelection } from '../../../store/selection';
import { shownOf } from '../../../store/asked';
import { askThinking, useTraces } from '../../../store/traces';
import { formatNumber, plural } from '../../../view/format';
import { TINTS } from '../../../view/tints';
import { reachSentence, rewardSentence } from '../../../view/trace-words';
import { CloseIcon, RightIcon } from '../../kit/icons';
import { NARROW } from '../../kit/use-media';
import { Segment } from './filters';
import { TraceLegend } from './legend';
import ThroughTraining from './through-training';
import { TokenLine } from './token-line';

/** A query's completions one under the other, or its greedy one through training. */
export function Group() {
  const asked = useTraces((state) => state.group);
  const [through, setThrough] = useState(false);
  const group = shownOf(asked);
  if (asked.state === 'failed') {
    return (
      <div className="callout warn">
        <p>This query cannot be shown: {asked.error.message}. Take another from the list.</p>
      </div>
    );
  }
  if (!group) return <p className="muted">No query is taken. Take one from the list.</p>;
  return (
    <section className="trace-group" aria-label="Completions" aria-busy={asked.state === 'asking'}>
      <GroupHead group={group} />
      <div className="trace-bar">
        <div className="segments" role="group" aria-label="What to show">
          <Segment on={!through} onClick={() => setThrough(false)}>
            At step {group.step.toLocaleString('en')}
          </Segment>
          <Segment on={through} onClick={() => setThrough(true)}>
            Through training
          </Segment>
        </div>
        <TintChoice />
      </div>
      {through ? <ThroughTraining key={group.query} query={group.query} /> : <Completions group={group} />}
    </section>
  );
}

function GroupHead({ group }: { group: TraceGroup }) {
  const { query, depth, split, kind, relevant } = group;
  return (
    <div className="trace-head">
      <h2 className="mono">{query}</h2>
      <p className="muted">
        {plural(depth, 'hop')}, {split === 'train' ? 'seen in training' : 'held out from training'};{' '}
        {kind === 'dev'
          ? 'written greedily at an evaluation'
          : `${plural(group.completions.length, 'completion')} sampled`}
        .{' '}
        {relevant.length > 0 && (
          <>
            Right document:{' '}
            {relevant.map((card) => (
              <button
                key={card.document}
                type="button"
                className="link-button"
                onClick={() => void lab.openDocument(card.document)}
              >
                {card.text}
              </button>
            ))}
          </>
        )}
      </p>
    </div>
  );
}

function TintChoice() {
  const tint = useTraces((state) => state.tint);
  const tintBy = useTraces((state) => state.tintBy);
  return (
    <div className="tint-choice">
      <div className="segments" role="group" aria-label="Tint of the tokens">
        {TINTS.map(({ id, label, meaning }) => (
          <Segment key={id} on={tint === id} onClick={() => tintBy(id)}>
            <span title={meaning}>{label}</span>
          </Segment>
        ))}
      </div>
      <TraceLegend tint={tint} />
    </div>
  );
}

function Completions({ group }: { group: TraceGroup }) {
  const list = useRef<HTMLOListElement>(null);
  const leave = (from: number) => (by: 1 | -1) => {
    const next = Math.min(group.completions.length - 1, Math.max(0, from + by));
    list.current?.children[next]?.querySelector<HTMLElement>('.token-button[tabindex="0"]')?.focus();
  };
  return (
    <ol ref={list} className="completions">
      {group.completions.map((completion, at) => (
        <Completion key={at} group={group} completion={completion} at={at} onLeave={leave(at)} />
      ))}
    </ol>
  );
}

interface CompletionProps {
  group: TraceGroup;
  completion: TraceView;
  at: number;
  onLeave: (by: 1 | -1) => void;
}

function Completion({ group, completion, at, onLeave }: CompletionProps) {
  const tint = useTraces((state) => state.tint);
  const point = useTraces((state) => state.point);
  const thinking = useTraces((state) => state.thinking[at]);
  const selected = useSelection((state) => state.completion);
  const documents = useRan(({ plan }) => plan?.documents) ?? 1;
  const k = useRan(({ session }) => session.grpo.reward_k) ?? 10;
  const current = (selected ?? 0) === at;
  const found = thinking && shownOf(thinking);
  const asked = completion.ranks === null ? found : null;
  const followed = asked ? { ...completion, ranks: asked.ranks, rewards: asked.rewards } : completion;
  const item = useRef<HTMLLIElement>(null);
  const take = (column: number): void => {
    const { step, query, kind } = group;
    useTraces.getState().pointAt({ completion: at, column });
    useSelection.getState().selectTrace({ step, query, kind, completion: at });
    void askThinking(at);
    // There the inspector lies over the lower half.
    if (matchMedia(NARROW).matches) item.current?.scrollIntoView({ block: 'start' });
  };
  // Not at every step of a running run: it takes a turn between two of its steps.
  const settled = useRun(({ status }) => status !== 'running' && status !== 'preparing');
  const held = useSelection((state) => state.query !== null);
  const follows = current && completion.ranks === null && (settled || held);
  useEffect(() => {
    if (follows) void askThinking(at);
  }, [follows, at, group]);
  const column = point?.completion === at ? point.column : null;
  const reach = reachSentence(followed, k);
  return (
    <li ref={item} className={`completion${current ? ' current' : ''}`} aria-current={current ? 'true' : undefined}>
      <Facts completion={completion} at={at} />
      <div className="completion-line">
        <TokenLine
          label={`Completion ${at + 1}, token by token`}
          completion={followed}
          documents={documents}
          tint={tint}
          large={current}
          column={column}
          onColumn={take}
          onLeave={onLeave}
        />
        {current && (
          <p className="small completion-words">
            {rewardSentence(completion, k)} {reach}
            {completion.ranks === null && <FollowNow at={at} step={group.step} />}
          </p>
        )}
      </div>
    </li>
  );
}

/**
 * A button to compute the rank while thinking where it was not recorded at this step, with the nearest earlier model.
 */
function FollowNow({ at, step }: { at: number; step: number }) {
  const thinking = useTraces((state) => state.thinking[at]);
  switch (thinking?.state ?? 'none') {
    case 'answered': {
      const found = thinking && shownOf(thinking);
      return (
        <span className="muted">
          {' '}
          The rank while thinking was not recorded at step {step.toLocaleString('en')}: it is drawn as the model stood
          at step {found?.step.toLocaleString('en')}.
        </span>
      );
    }
    case 'asking':
      return <span className="muted"> Following it with the nearest earlier model.</span>;
    case 'failed':
      return (
        <span className="muted"> It cannot be followed: {thinking?.state === 'failed' && thinking.error.message}.</span>
      );
    default:
      return (
        <>
          {' '}
          <button type="button" className="link-button" onClick={() => void askThinking(at)}>
            Show the rank while thinking
          </button>
        </>
      );
  }
}

function Facts({ completion, at }: { completion: TraceView; at: number }) {
  const { reward, advantage, rank, ids, emitted, exact, hops } = completion;
  const wrong = hops.findIndex(({ right }) => !right);
  return (
    <dl className="completion-facts">
      <div className="completion-verdict">
        <dt className="hidden-text">Completion</dt>
        <dd className={exact ? 'right' : 'wrong'}>
          <span className="muted">{at + 1}</span>
          {exact ? <RightIcon /> : <CloseIcon />}
          {exact ? 'right' : !emitted ? 'no embed' : wrong >= 0 ? `hop ${wrong + 1}` : 'other'}
        </dd>
      </div>
      <Fact name="reward" value={formatNumber(reward)} exact={reward} />
      {advantage !== null && (
        <Fact name="advantage" value={`${advantage > 0 ? '+' : ''}${formatNumber(advantage)}`} exact={advantage} />
      )}
      <Fact name="rank" value={rank > 0 ? rank.toLocaleString('en') : 'none'} exact={rank} />
      <Fact name="tokens" value={String(ids.length)} exact={ids.length} />
    </dl>
  );
}

function Fact({ name, value, exact }: { name: string; value: string; exact: number }) {
  return (
    <div title={String(exact)}>
      <dt>{name}</dt>
      <dd>{value}</dd>
    </div>
  );
}
