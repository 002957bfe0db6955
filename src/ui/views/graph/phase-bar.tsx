import type { KeyboardEvent, PointerEvent } from 'react';
import { useGraph } from '../../../store/graph';
import { END, PHASES, phaseAt } from '../../../view/graph/phases';
import { formatPercent } from '../../../view/format';
import { useMedia } from '../../kit/use-media';

/** The phases of a step's refresh in their order: plays them, and drags through them. */
export function PhaseBar({ disabled }: { disabled: boolean }) {
  const playhead = useGraph((state) => state.playhead);
  const playing = useGraph((state) => state.playing);
  const set = useGraph((state) => state.set);
  const still = useMedia('(prefers-reduced-motion: reduce)');
  const move = (to: number): void => set({ playhead: Math.min(END, Math.max(0, to)), playing: false });
  const phase = phaseAt(playhead);

  const toPointer = (event: PointerEvent): void => {
    const box = event.currentTarget.getBoundingClientRect();
    move(((event.clientX - box.left) / box.width) * END);
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    const next = { ArrowRight: playhead + 0.25, ArrowLeft: playhead - 0.25, PageUp: Math.floor(playhead) + 1, PageDown: Math.ceil(playhead) - 1, Home: 0, End: END }[event.key]; // prettier-ignore
    if (next === undefined) return;
    event.preventDefault();
    move(next);
  };
  const play = (): void => {
    // Without motion, from the end of one phase to the end of the next.
    if (still) move(playhead >= END ? 1 : Math.floor(playhead + 1e-6) + 1);
    else set(playing ? { playing: false } : { playing: true, playhead: playhead >= END ? 0 : playhead });
  };

  return (
    <div className="phase-bar">
      <button type="button" className="button" disabled={disabled} onClick={play}>
        {playing ? 'Hold' : still ? 'Next phase' : 'Show this refresh'}
      </button>
      <div
        className="phase-track"
        role="slider"
        tabIndex={disabled ? -1 : 0}
        aria-label="Phase of the refresh"
        aria-disabled={disabled}
        aria-valuemin={0}
        aria-valuemax={END}
        aria-valuenow={Math.round(playhead * 100) / 100}
        aria-valuetext={playhead >= END ? 'All done' : `${PHASES[phase]!.label}, ${formatPercent(playhead - phase)}`}
        onKeyDown={onKeyDown}
        onPointerDown={(event) => {
          if (disabled) return;
          event.currentTarget.setPointerCapture(event.pointerId);
          toPointer(event);
        }}
        onPointerMove={(event) => {
          if (event.currentTarget.hasPointerCapture(event.pointerId)) toPointer(event);
        }}
      >
        {PHASES.map(({ id, label }, at) => (
          <span key={id} className="phase" data-current={at === phase && playhead < END}>
            <i style={{ scale: `${Math.min(1, Math.max(0, playhead - at))} 1` }} />
            <b>{label}</b>
          </span>
        ))}
      </div>
    </div>
  );
}
