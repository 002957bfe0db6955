import { useLayoutEffect, useMemo, useRef, useState } from 'react';
import type { SearchAnswer } from '../../../host/browser/api';
import { lab } from '../../../store/lab';
import { useSelection } from '../../../store/selection';
import { formatScore } from '../../../view/format';
import { rankLinks, withBeyond, type RankedHit } from '../../../view/rank-links';
import { RightIcon } from '../../kit/icons';
import './search.css';

/** Two rankings side by side, with lines between the same documents. */
export function Rankings({ answer }: { answer: SearchAnswer }) {
  const { rank } = answer;
  const { reasoning, direct } = useMemo(
    () => ({
      reasoning: withBeyond(answer.reasoning, answer.rank.reasoning, answer.direct),
      direct: withBeyond(answer.direct, answer.rank.direct, answer.reasoning),
    }),
    [answer],
  );
  return (
    <section className="rankings" aria-label="Rankings">
      <Ranking title="Thinking" kind="reasoning" rows={reasoning} rank={rank.reasoning} />
      <Links left={reasoning} right={direct} />
      <Ranking title="Not thinking" kind="direct" rows={direct} rank={rank.direct} />
    </section>
  );
}

interface RankingProps {
  title: string;
  kind: 'reasoning' | 'direct';
  rows: readonly RankedHit[];
  rank: number | null;
}

function Ranking({ title, kind, rows, rank }: RankingProps) {
  const selected = useSelection((state) => state.document?.document);
  return (
    <div className={`ranking ${kind}`}>
      <div className="ranking-head">
        <h2>{title}</h2>
        <span className="muted">{rank === null ? 'not judged' : `right document: ${rank.toLocaleString('en')}.`}</span>
      </div>
      <ol>
        {rows.map(({ hit, place }, at) => (
          <li key={hit.document} className={place > at + 1 ? 'beyond' : undefined}>
            <button
              type="button"
              className={`hit${hit.relevant === true ? ' relevant' : ''}`}
              aria-pressed={hit.document === selected}
              onClick={() => void lab.openDocument(hit.document)}
            >
              <span className="hit-place">{place.toLocaleString('en')}</span>
              <HitText hit={hit} />
              {hit.relevant === true && (
                <span className="hit-mark" title="The right document">
                  <RightIcon />
                  <span className="hidden-text">right document</span>
                </span>
              )}
              <span className="hit-score" title={Number.isNaN(hit.score) ? undefined : String(hit.score)}>
                {Number.isNaN(hit.score) ? '' : formatScore(hit.score)}
              </span>
            </button>
          </li>
        ))}
      </ol>
    </div>
  );
}

/** a user's own documents go by their titles, and are read as text; a task's are the few words that they are. */
function HitText({ hit: { title, text } }: { hit: RankedHit['hit'] }) {
  if (title === undefined) return <span className="hit-text mono">{text}</span>;
  return (
    <span className="hit-text titled">
      <strong>{title}</strong>
      <span className="hit-body muted">{text}</span>
    </span>
  );
}

const WIDTH = 72;

function Links({ left, right }: { left: readonly RankedHit[]; right: readonly RankedHit[] }) {
  const svg = useRef<SVGSVGElement>(null);
  const [middles, setMiddles] = useState<{ left: number[]; right: number[]; height: number } | null>(null);

  // Rows may wrap: their middles are measured.
  useLayoutEffect(() => {
    const section = svg.current?.parentElement;
    if (!section) return;
    const measure = (): void => {
      const top = section.getBoundingClientRect().top;
      const of = (kind: string): number[] =>
        [...section.querySelectorAll(`.${kind} .hit`)].map((row) => {
          const box = row.getBoundingClientRect();
          return box.top + box.height / 2 - top;
        });
      setMiddles({ left: of('reasoning'), right: of('direct'), height: section.clientHeight });
    };
    const observer = new ResizeObserver(measure);
    observer.observe(section);
    return () => observer.disconnect();
  }, [left, right]);

  return (
    <svg
      ref={svg}
      className="rank-lines"
      aria-hidden="true"
      viewBox={`0 0 ${WIDTH} ${middles?.height ?? 1}`}
      preserveAspectRatio="none"
    >
      {middles &&
        rankLinks(left, right).map(({ document, from, to, relevant }) => {
          const a = middles.left[from] ?? 0;
          const b = middles.right[to] ?? 0;
          return (
            <path
              key={document}
              className={relevant ? 'relevant' : ''}
              d={`M0 ${a}C${WIDTH / 2} ${a} ${WIDTH / 2} ${b} ${WIDTH} ${b}`}
            />
          );
        })}
    </svg>
  );
}
