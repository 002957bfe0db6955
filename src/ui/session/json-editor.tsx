import { useState } from 'react';
import { parseSession } from '../../config/parse-session';
import { InputError } from '../../lib/errors';
import { useSession } from '../../store/session';

/** The whole session as text. What can be read is taken at once; what cannot says why and changes nothing. */
export function JsonEditor() {
  const session = useSession((state) => state.session);
  const [text, setText] = useState(() => JSON.stringify(session, null, 2));
  const [taken, setTaken] = useState(session);
  const [error, setError] = useState<string | null>(null);

  // Changed elsewhere, by a preset or an undo: the text follows.
  if (session !== taken) {
    setTaken(session);
    setText(JSON.stringify(session, null, 2));
    setError(null);
  }

  const take = (next: string): void => {
    setText(next);
    try {
      const parsed = parseJson(next);
      setError(null);
      setTaken(parsed);
      useSession.setState({ session: parsed, drafts: {} });
    } catch (problem) {
      if (!(problem instanceof InputError)) throw problem;
      setError(problem.message);
    }
  };

  return (
    <div className="json-editor">
      <textarea
        className="mono"
        aria-label="Session as JSON"
        aria-invalid={error !== null}
        aria-describedby="json-error"
        spellCheck={false}
        value={text}
        onChange={(event) => take(event.target.value)}
      />
      <p id="json-error" className="field-error" role="status">
        {error}
      </p>
    </div>
  );
}

function parseJson(text: string): ReturnType<typeof parseSession> {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    throw new InputError(`This is not JSON yet: ${error instanceof Error ? error.message : 'it cannot be read'}.`);
  }
  return parseSession(json);
}
