import { SESSION_WIDTH, usePreferences } from '../../store/preferences';
import { Resizer } from '../kit/resizer';
import { SessionForm } from './session-form';

/** The column in which a session is edited, as wide as its user drags it. */
export function SessionPanel() {
  const width = usePreferences((state) => state.sessionWidth);
  const change = usePreferences((state) => state.change);
  return (
    <aside className="side session" aria-label="Session" style={{ width }}>
      <Resizer
        label="Width of the session panel"
        width={width}
        bounds={SESSION_WIDTH}
        direction={1}
        onWidth={(sessionWidth) => change({ sessionWidth })}
      />
      <SessionForm />
    </aside>
  );
}
