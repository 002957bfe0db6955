import type { Session } from '../../../config/session';
import { usePage } from '../../../store/page';
import { useSession } from '../../../store/session';
import { startRun } from '../../frame/commands';

/** Fills the session, and starts it where that is wanted; what was in the panel comes back by Undo. */
export function startSession(session: Session, starts: boolean): void {
  useSession.getState().replace(session);
  if (starts) startRun();
  else usePage.getState().show({ view: 'run' });
}

interface StartButtonsProps {
  /** What the session trains on, as `10 documents`. */
  on: string;
  /** The verb of the first button, as `Adapt`. */
  verb: string;
  onStart: (starts: boolean) => void;
}

/** One click starts; another only fills the session, to be looked at first. */
export function StartButtons({ on, verb, onStart }: StartButtonsProps) {
  return (
    <div className="button-row">
      <button type="button" className="button primary" onClick={() => onStart(true)}>
        {verb} now
      </button>
      <button type="button" className="button" onClick={() => onStart(false)}>
        Set up a run on {on}
      </button>
    </div>
  );
}
