import { useRef, type KeyboardEvent, type PointerEvent } from 'react';
import './resizer.css';

interface ResizerProps {
  label: string;
  width: number;
  bounds: { min: number; max: number };
  /** 1 where dragging to the right widens, −1 where it narrows. */
  direction: 1 | -1;
  onWidth: (width: number) => void;
}

const KEY_STEP = 16;

/** The edge of a panel: drag it, or focus it and use the arrow keys. */
export function Resizer({ label, width, bounds, direction, onWidth }: ResizerProps) {
  const grip = useRef<{ x: number; width: number } | null>(null);
  const set = (wanted: number): void => onWidth(Math.round(Math.min(bounds.max, Math.max(bounds.min, wanted))));

  const onKeyDown = (event: KeyboardEvent): void => {
    const by = event.key === 'ArrowRight' ? KEY_STEP : event.key === 'ArrowLeft' ? -KEY_STEP : 0;
    if (by === 0) return;
    event.preventDefault();
    event.stopPropagation();
    set(width + by * direction);
  };
  const onPointerMove = (event: PointerEvent): void => {
    if (grip.current) set(grip.current.width + (event.clientX - grip.current.x) * direction);
  };

  return (
    <div
      className="resizer"
      role="separator"
      tabIndex={0}
      aria-label={label}
      aria-orientation="vertical"
      aria-valuemin={bounds.min}
      aria-valuemax={bounds.max}
      aria-valuenow={width}
      onKeyDown={onKeyDown}
      onPointerDown={(event) => {
        event.currentTarget.setPointerCapture(event.pointerId);
        grip.current = { x: event.clientX, width };
      }}
      onPointerMove={onPointerMove}
      onPointerUp={() => (grip.current = null)}
      onLostPointerCapture={() => (grip.current = null)}
    />
  );
}
