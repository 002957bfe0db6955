import { useState } from 'react';
import { FIELD_GROUPS } from '../../config/fields';
import { usePage } from '../../store/page';
import { useRun } from '../../store/run';
import { useSession } from '../../store/session';
import { CostLine } from './cost-line';
import { FieldGroup } from './field-group';
import { ForkNote } from './fork-note';
import { JsonEditor } from './json-editor';
import { TaskLine } from './task-line';
import './session.css';

/** The session: its fields, or its JSON, and what it costs. */
export function SessionForm() {
  const json = usePage((state) => state.json);
  const show = usePage((state) => state.show);
  const draft = useSession((state) => state.json);
  const dropJson = useSession((state) => state.dropJson);
  const [leaving, setLeaving] = useState(false);
  return (
    <>
      <div className="side-head">
        <h2>Session</h2>
        <label className="switch">
          <input
            type="checkbox"
            role="switch"
            checked={json}
            onChange={() => (json && draft ? setLeaving(true) : show({ json: !json }))}
          />
          JSON
        </label>
      </div>
      {leaving && draft && (
        <div className="side-note" role="alert">
          <p>The JSON cannot be read as it stands: {draft.error.replace(/\.$/, '')}. Without it your edits are lost.</p>
          <p className="button-row">
            <button type="button" className="button" onClick={() => setLeaving(false)}>
              Keep editing
            </button>
            <button
              type="button"
              className="button"
              onClick={() => {
                dropJson();
                setLeaving(false);
                show({ json: false });
              }}
            >
              Drop the edits
            </button>
          </p>
        </div>
      )}
      <RunningNote />
      <ForkNote />
      <TaskLine />
      {json ? (
        <JsonEditor />
      ) : (
        <div className="side-body" role="group" aria-label="Settings" tabIndex={-1}>
          {FIELD_GROUPS.map(({ group, label }) => (
            <FieldGroup key={group} group={group} label={label} />
          ))}
        </div>
      )}
      <CostLine />
    </>
  );
}

/** Says that editing does not change the running run, where a reader could think that it does. */
function RunningNote() {
  const session = useSession((state) => state.session);
  const running = useRun((state) => ('elsewhere' in state ? state.session : null));
  if (!running || running === session) return null;
  return <p className="side-note">The run continues as it was started. These settings are for the next one.</p>;
}
