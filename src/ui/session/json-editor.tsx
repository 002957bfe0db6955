import { useState } from 'react';
import { useSession } from '../../store/session';

/** The whole session as text. What can be read is taken at once; what cannot says why, changes nothing, and stops a run. */
export function JsonEditor() {
  const session = useSession((state) => state.session);
  const draft = useSession((state) => state.json);
  const type = useSession((state) => state.typeJson);
  // As it was typed, while that reads as the session; changed elsewhere, by a preset or an undo, the text follows.
  const [typed, setTyped] = useState({ text: JSON.stringify(session, null, 2), session });
  const text = draft?.text ?? (typed.session === session ? typed.text : JSON.stringify(session, null, 2));
  const error = draft?.error ?? null;

  return (
    <div className="json-editor">
      <textarea
        className="mono"
        aria-label="Session as JSON"
        aria-invalid={error !== null}
        aria-describedby="json-error"
        spellCheck={false}
        value={text}
        onChange={(event) => {
          type(event.target.value);
          setTyped({ text: event.target.value, session: useSession.getState().session });
        }}
      />
      <p id="json-error" className="field-error" role="status">
        {error}
      </p>
    </div>
  );
}
