import { lazy, Suspense, useMemo, useRef, useState } from 'react';
import { encodeLink } from '../../session/link';
import type { LinkSelection } from '../../session/link-extras';
import { InputError } from '../../lib/errors';
import { useDevice } from '../../store/device';
import { useRun } from '../../store/run';
import { useSelection } from '../../store/selection';
import { useSession } from '../../store/session';
import { currentClaim } from './claim';
import { heldSelection } from './shared';
import './share.css';

const QrCode = lazy(() => import('./qr-code'));

/** The link, what it holds and how long it is. */
export function SharePanel() {
  const session = useSession((state) => state.session);
  const ancestors = useSession((state) => state.ancestors);
  const run = useRun();
  const device = useDevice();
  const claim = useMemo(() => currentClaim({ session, ancestors }, run, device), [session, ancestors, run, device]);
  const [withClaim, setWithClaim] = useState(true);
  const [copied, setCopied] = useState(false);
  const [qr, setQr] = useState(false);
  const field = useRef<HTMLInputElement>(null);
  const step = useSelection((state) => state.step);
  const query = useSelection((state) => state.query);
  const completion = useSelection((state) => state.completion);
  const selection = useMemo(
    () => heldSelection({ session, ancestors }, run, { step, query, completion }),
    [session, ancestors, run, step, query, completion],
  );
  const carried = withClaim ? claim : null;

  const link = useMemo(() => {
    try {
      const fragment = encodeLink({ session, ancestors, ...selection, ...(carried ? { claim: carried } : {}) });
      const { origin, pathname, protocol } = location;
      return { url: `${protocol === 'file:' ? 'file://' : origin}${pathname}#${fragment}`, fragment, error: null };
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      return { url: '', fragment: '', error: error.message };
    }
  }, [session, ancestors, selection, carried]);

  if (link.error !== null) return <p>There is no link yet, because this session cannot run: {link.error}.</p>;
  const copy = (): void => {
    navigator.clipboard.writeText(link.url).then(
      () => setCopied(true),
      // Not allowed here: the text is selected, for the keyboard.
      () => field.current?.select(),
    );
  };
  return (
    <div className="stack">
      <h2>Link to this session</h2>
      <div className="share-row">
        <input
          ref={field}
          className="field-input mono"
          aria-label="Link"
          readOnly
          value={link.url}
          onFocus={(event) => event.currentTarget.select()}
        />
        <button type="button" className="button primary" onClick={copy}>
          {copied ? 'Copied' : 'Copy'}
        </button>
      </div>
      <p className="hidden-text" role="status">
        {copied && 'The link was copied.'}
      </p>
      {claim && (
        <label className="switch">
          <input
            type="checkbox"
            role="switch"
            checked={withClaim}
            onChange={(event) => {
              setWithClaim(event.target.checked);
              setCopied(false);
            }}
          />
          with the result, for others to compare
        </label>
      )}
      <p className="muted">
        It holds every setting{ancestors.length > 0 && ', those of the run that it is a fork of'}
        {selection.selection && `, the ${held(selection.selection)} in view (step ${step})`}
        {carried && ', the result’s headline numbers, its fingerprint and the adapter’s name'} in {link.fragment.length}{' '}
        characters after the #, which no server gets to see. Whoever opens it sees what would run; nothing starts by
        itself.
      </p>
      <p>
        <button type="button" className="link-button" aria-expanded={qr} onClick={() => setQr(!qr)}>
          {qr ? 'Hide the QR code' : 'Show it as a QR code'}
        </button>
      </p>
      {qr && (
        <Suspense fallback={<p className="muted">Drawing it.</p>}>
          <QrCode text={link.url} />
        </Suspense>
      )}
    </div>
  );
}

const held = ({ query, completion }: LinkSelection): string =>
  query === undefined ? 'step' : completion === undefined ? 'query' : 'completion';
