import type { SearchAnswer } from '../../../host/browser/api';
import { traceHops } from '../../../view/trace-hops';
import { CloseIcon, RightIcon } from '../../kit/icons';

/** What the model wrote before it embedded, hop by hop, right and wrong marked where the task knows. */
export function Trace({ answer }: { answer: SearchAnswer }) {
  const { trace, hops, emitted } = answer;
  const { groups, rest } = traceHops(trace, hops);
  return (
    <section className="trace" aria-label="Reasoning">
      <h2>What it wrote</h2>
      <ol className="trace-line">
        {groups.map(({ tokens, hop }, at) => (
          <li key={at} className={`hop ${hop.right ? 'right' : 'wrong'}`}>
            <span className="hop-mark">
              {hop.right ? <RightIcon /> : <CloseIcon />}
              <span className="hidden-text">{hop.right ? 'right:' : 'wrong:'}</span>
            </span>
            {tokens.length > 0 ? (
              tokens.map((token, place) => (
                <span key={place} className="token mono">
                  {token}
                </span>
              ))
            ) : (
              <span className="muted">nothing</span>
            )}
            {!hop.right && hop.expected !== '' && (
              <span className="hop-expected">
                expected <span className="mono">{hop.expected}</span>
              </span>
            )}
          </li>
        ))}
        {rest.map((token, at) => (
          <li key={`rest-${at}`} className="token mono special">
            {token}
          </li>
        ))}
      </ol>
      {!emitted && (
        <p className="callout warn">
          It did not reach the embed token within its length, so the ranking with reasoning is of no use. More steps of
          stage 1 help.
        </p>
      )}
    </section>
  );
}
