import { useEffect, useState } from 'react';
import type { SearchAnswer } from '../../../host/browser/api';
import { useRan } from '../../../store/run';
import { hopSentence, reachSentence } from '../../../view/trace-words';
import { CloseIcon, RightIcon } from '../../kit/icons';
import { useMedia } from '../../kit/use-media';
import { NearestDocuments } from '../traces/nearest';
import { TokenLine } from '../traces/token-line';

const WORD_MS = 90;
const LISTED = 5;

/**
 * The text that the model wrote before it embedded, word by word, with the rank while thinking under each where the
 * task can judge.
 */
export function Trace({ answer }: { answer: SearchAnswer }) {
  const { trace, hops, emitted, thinking } = answer;
  const documents = useRan(({ plan }) => plan?.documents) ?? 1;
  const k = useRan(({ session }) => session.grpo.reward_k) ?? 10;
  const [column, setColumn] = useState<number | null>(null);
  const columns = trace.length + (emitted ? 2 : 1);
  const revealed = useReveal(columns);
  const completion = {
    ids: [],
    tokens: emitted ? [...trace, 'embed'] : trace,
    logprobs: [],
    entropies: [],
    reward: thinking.rewards.at(-1) ?? 0,
    advantage: null,
    rank: thinking.ranks.at(-1) ?? 0,
    ranks: thinking.ranks.length > 0 ? thinking.ranks : null,
    rewards: thinking.ranks.length > 0 ? thinking.rewards : null,
    emitted,
    exact: false,
    hops,
  };
  // The embed token's own place is the last prefix.
  const prefix = column === null ? null : Math.min(column, trace.length);
  const after = prefix === null ? null : prefix === 0 ? 'Before the first word' : `After “${trace[prefix - 1] ?? ''}”`;
  return (
    <section className="trace" aria-label="Reasoning">
      <h2>What it wrote, and the rank of the right document after each word</h2>
      <TokenLine
        label="Reasoning, token by token"
        completion={completion}
        documents={documents}
        tint={null}
        large
        column={column}
        onColumn={setColumn}
        revealed={revealed}
      />
      <p className="small">{reachSentence(completion, k)}</p>
      {hops.length > 0 && (
        <ol className="hop-list">
          {hops.map((hop, at) => (
            <li key={at} className={`hop ${hop.right ? 'right' : 'wrong'}`}>
              {hop.right ? <RightIcon /> : <CloseIcon />}
              <span>{hopSentence(hop)}</span>
            </li>
          ))}
        </ol>
      )}
      {!emitted && (
        <p className="callout warn">
          It did not reach the embed token within its length, so the ranking with reasoning is of no use. More steps of
          stage 1 help.
        </p>
      )}
      {prefix !== null && (
        <div className="search-point" aria-live="polite">
          <h3>{after}, it would have found</h3>
          <NearestDocuments hits={thinking.nearest[prefix]?.slice(0, LISTED) ?? []} />
        </div>
      )}
    </section>
  );
}

/**
 * Number of columns that are shown: they appear one after the other, in the order they were written; all at once where
 * the user prefers no motion.
 */
function useReveal(columns: number): number {
  const still = useMedia('(prefers-reduced-motion: reduce)');
  const [shown, setShown] = useState(1);
  useEffect(() => {
    if (still || shown >= columns) return;
    const timer = setTimeout(() => setShown(shown + 1), WORD_MS);
    return () => clearTimeout(timer);
  }, [still, shown, columns]);
  return still ? columns : shown;
}
