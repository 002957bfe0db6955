import type { ReactNode } from 'react';
import { PlayIcon } from '../kit/icons';
import { startRun, useRunObstacle, type Obstacle } from './commands';
import { mend } from './mend';

interface RunButtonProps {
  large?: boolean;
  /** Elements beside the button. */
  children?: ReactNode;
}

/** Runs the session of the panel; where that cannot be, the reason stands beside it with a jump to what is to be mended. */
export function RunButton({ large = false, children }: RunButtonProps) {
  const obstacle = useRunObstacle();
  return (
    <>
      <div className="button-row">
        <button
          type="button"
          className={`button primary${large ? ' large' : ''}`}
          disabled={obstacle !== null}
          onClick={startRun}
        >
          <PlayIcon />
          Run
        </button>
        {children}
      </div>
      {obstacle && <ObstacleReason obstacle={obstacle} />}
    </>
  );
}

/** Why a run cannot start, and the way to what is to be mended. */
export function ObstacleReason({ obstacle }: { obstacle: Obstacle }) {
  const { place, reason } = obstacle;
  return (
    <p className="obstacle">
      {reason}{' '}
      {place && (
        <button type="button" className="link-button" onClick={() => mend(place)}>
          {place.label}
        </button>
      )}
    </p>
  );
}
