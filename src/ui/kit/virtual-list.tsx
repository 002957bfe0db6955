import { useRef, useState, type KeyboardEvent, type ReactNode } from 'react';
import './virtual-list.css';

interface VirtualListProps {
  label: string;
  count: number;
  /** Height of every row, in pixels. */
  rowHeight: number;
  row: (at: number) => ReactNode;
  keyOf: (at: number) => string | number;
}

const BEYOND = 8;

/** A long list of buttons of which only those in view exist; arrow keys, Home and End move among all of them. */
export function VirtualList({ label, count, rowHeight, row, keyOf }: VirtualListProps) {
  const host = useRef<HTMLDivElement>(null);
  const [view, setView] = useState({ top: 0, height: 240 });
  const first = Math.max(0, Math.floor(view.top / rowHeight) - BEYOND);
  const last = Math.min(count, Math.ceil((view.top + view.height) / rowHeight) + BEYOND);

  const look = (): void => {
    const element = host.current;
    if (element) setView({ top: element.scrollTop, height: element.clientHeight });
  };
  const focus = (at: number): void => {
    const element = host.current;
    if (!element) return;
    const top = at * rowHeight;
    if (top < element.scrollTop) element.scrollTop = top;
    else if (top + rowHeight > element.scrollTop + element.clientHeight) element.scrollTop = top + rowHeight - element.clientHeight; // prettier-ignore
    look();
    requestAnimationFrame(() => element.querySelector<HTMLElement>(`[data-row="${at}"] button`)?.focus());
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    const current = Number((event.target as HTMLElement).closest('[data-row]')?.getAttribute('data-row') ?? first);
    const next = { ArrowDown: current + 1, ArrowUp: current - 1, Home: 0, End: count - 1 }[event.key];
    if (next === undefined) return;
    event.preventDefault();
    focus(Math.min(count - 1, Math.max(0, next)));
  };

  return (
    <div className="virtual-list" ref={host} onScroll={look} onKeyDown={onKeyDown} tabIndex={-1}>
      <ul aria-label={label} style={{ height: count * rowHeight }}>
        {Array.from({ length: Math.max(0, last - first) }, (_, i) => first + i).map((at) => (
          <li
            key={keyOf(at)}
            data-row={at}
            aria-setsize={count}
            aria-posinset={at + 1}
            style={{ top: at * rowHeight, height: rowHeight }}
          >
            {row(at)}
          </li>
        ))}
      </ul>
    </div>
  );
}
