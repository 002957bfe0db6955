import './token-line.css';
import { useEffect, useRef, type CSSProperties, type KeyboardEvent } from 'react';
import type { TraceView } from '../../../host/browser/api';
import { rankGrid, rankDepth, rankPiece } from '../../../view/rank-line';
import { tintOf, tokenNumbers, type Tint } from '../../../view/tints';
import { hopSentence, traceColumns, type TraceColumn } from '../../../view/trace-words';
import { formatNumber } from '../../../view/format';
import { CloseIcon, RightIcon } from '../../kit/icons';

const HEIGHT = { small: 40, large: 96 };

interface TokenLineProps {
  label: string;
  completion: Omit<TraceView, 'step'>;
  documents: number;
  tint: Tint | null;
  /** Small lines carry no numbers under their tokens. */
  large: boolean;
  /** The column that is looked at; null for none. */
  column: number | null;
  onColumn?: (column: number) => void;
  /** Goes to the completion above or below. */
  onLeave?: (by: 1 | -1) => void;
  /** Number of columns shown so far; all where absent. */
  revealed?: number;
  /** Places of tokens that differ from what the line is compared with. */
  changed?: ReadonlySet<number>;
}

/** A completion as a line of tokens, each with its piece of the rank while thinking under it. */
export function TokenLine(props: TokenLineProps) {
  const { label, completion, documents, tint, large, column, onColumn, onLeave, changed, revealed } = props;
  const line = useRef<HTMLOListElement>(null);
  const columns = traceColumns(completion);
  const followed = columns.some(({ rank }) => rank !== undefined);
  // What opens because of it may have taken its room.
  useEffect(() => {
    if (column !== null) line.current?.children[column]?.scrollIntoView({ block: 'nearest', inline: 'nearest' });
  }, [column]);
  const focusAt = (at: number): void => {
    const next = Math.min(columns.length - 1, Math.max(0, at));
    line.current?.querySelectorAll<HTMLElement>('.token-button')[next]?.focus();
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    const at = column ?? 0;
    const actions: Record<string, () => void> = {
      ArrowLeft: () => focusAt(at - 1),
      ArrowRight: () => focusAt(at + 1),
      Home: () => focusAt(0),
      End: () => focusAt(columns.length - 1),
      ArrowUp: () => onLeave?.(-1),
      ArrowDown: () => onLeave?.(1),
    };
    const action = actions[event.key];
    if (!action || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    action();
  };
  return (
    <ol ref={line} className={`token-line${large ? ' large' : ''}`} aria-label={label} onKeyDown={onKeyDown}>
      {columns.map((entry, at) => {
        const before = columns[at - 1]?.rank;
        const tinted = tint && entry.at >= 0 ? tintOf(tint, completion, entry.at) : { share: 0, side: 'plain' };
        const classes = [
          'token-button mono',
          entry.token === null || entry.isEmbed ? 'special' : '',
          changed?.has(entry.at) ? 'changed' : '',
          tinted.side,
        ];
        const { share } = tinted;
        return (
          <li
            key={at}
            className={`token-column${column === at ? ' current' : ''}${revealed !== undefined && at >= revealed ? ' unwritten' : ''}`}
          >
            <HopMark completion={completion} column={entry} />
            <button
              type="button"
              className={classes.filter(Boolean).join(' ')}
              style={{ '--tint': `${Math.round(share * 100)}%` } as CSSProperties}
              tabIndex={at === (column ?? 0) ? 0 : -1}
              aria-current={column === at ? 'true' : undefined}
              aria-label={said(entry, completion, changed?.has(entry.at) ?? false)}
              title={entry.at >= 0 ? tokenNumbers(completion, entry.at) : 'before the first word'}
              onFocus={() => onColumn?.(at)}
              onClick={() => onColumn?.(at)}
            >
              {entry.token === null ? 'think' : entry.isEmbed ? 'embed' : entry.token}
            </button>
            {followed && <RankCell column={entry} before={before} documents={documents} large={large} />}
          </li>
        );
      })}
    </ol>
  );
}

function HopMark({ completion, column }: { completion: Pick<TraceView, 'hops'>; column: TraceColumn }) {
  const hop = column.hop === null ? undefined : completion.hops[column.hop];
  if (!hop) return <span className="hop-bar" />;
  return (
    <span className={`hop-bar ${hop.right ? 'right' : 'wrong'}`} title={hopSentence(hop)}>
      {column.opensHop && (hop.right ? <RightIcon /> : <CloseIcon />)}
    </span>
  );
}

function RankCell({
  column,
  before,
  documents,
  large,
}: {
  column: TraceColumn;
  before: number | undefined;
  documents: number;
  large: boolean;
}) {
  const height = large ? HEIGHT.large : HEIGHT.small;
  const depth = rankDepth(column.rank, documents);
  return (
    <span className="rank-cell" title={column.rank ? `rank ${column.rank.toLocaleString('en')}` : undefined}>
      <span className="rank-drawing" style={{ height }}>
        <svg viewBox={`0 0 100 ${height}`} preserveAspectRatio="none" aria-hidden="true">
          {rankGrid(documents).map((rank) => (
            <path key={rank} className="grid" d={rankPiece(undefined, rank, documents, height)} />
          ))}
          <path className="line" d={rankPiece(before, column.rank, documents, height)} />
        </svg>
        {large &&
          column.token === null &&
          rankGrid(documents).map((rank) => (
            <span key={rank} className="rank-tick" style={{ top: yOf(rankDepth(rank, documents) ?? 0, height) }}>
              {rank.toLocaleString('en')}
            </span>
          ))}
        {column.isEmbed && depth !== null && <span className="rank-end" style={{ top: yOf(depth, height) }} />}
      </span>
      {large && (
        <>
          <span className={`rank-number${column.rank === 1 ? ' first' : ''}`} aria-hidden="true">
            {column.rank ? column.rank.toLocaleString('en') : ''}
          </span>
          <span className="rank-reward" aria-hidden="true">
            {column.reward === undefined ? '' : column.reward === 0 ? '·' : formatNumber(column.reward)}
          </span>
        </>
      )}
    </span>
  );
}

/** The height at which `rankPiece` draws a rank. */
const yOf = (depth: number, height: number): number => 4 + depth * (height - 8);

function said(column: TraceColumn, completion: Omit<TraceView, 'step'>, isChanged: boolean): string {
  const parts = [column.token === null ? 'before the first word' : column.isEmbed ? 'embed token' : column.token];
  if (column.at >= 0) parts.push(tokenNumbers(completion, column.at));
  if (column.rank) parts.push(`rank ${column.rank.toLocaleString('en')}`);
  if (column.reward !== undefined) parts.push(`reward ${formatNumber(column.reward)}`);
  const hop = column.hop === null ? undefined : completion.hops[column.hop];
  if (hop && column.opensHop) parts.push(hop.right ? 'right hop' : 'wrong hop');
  if (isChanged) parts.push('changed');
  return parts.filter(Boolean).join(', ');
}
