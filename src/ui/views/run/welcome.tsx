import { totalSteps } from '../../../config/stages';
import { usePage } from '../../../store/page';
import { useSession } from '../../../store/session';
import { sessionLines, sessionPromise, waysOf } from '../../../view/session-words';
import { plural } from '../../../view/format';
import { forkWords } from '../../../view/run-words';
import { OwnDocumentsPanel } from '../../documents/own-documents';
import { PresetPicker } from '../../session/preset-picker';
import { TwoWays } from '../../session/two-ways';
import { SoftwareNote, SpeedLine } from '../../share/speed-line';
import { useRunObstacle } from '../../frame/commands';
import { RunButton } from '../../frame/run-button';

const sentence = (words: string): string => words.charAt(0).toUpperCase() + words.slice(1);

/** The first minute: what this is, what will happen and for how long, one button. */
export function Welcome() {
  const session = useSession((state) => state.session);
  const load = useSession((state) => state.loadPreset);
  const obstacle = useRunObstacle();
  const steps = totalSteps(session);
  const promise = sessionPromise(session);
  const own = session.task.name === 'text';
  const from = useSession((state) => state.ancestors.at(-1));
  return (
    <section className="welcome">
      {from ? (
        <>
          <h1>A fork, not run yet</h1>
          <p>
            {sentence(forkWords(from))}: up to there it is that run, bit for bit. Change what goes for the{' '}
            {plural(steps - from.step, 'step')} after it in the session panel, then run; Compare shows both beside each
            other.
          </p>
        </>
      ) : own ? (
        <>
          <h1>A small model learns to search your own documents, here in your browser.</h1>
          <p>
            It is trained on their titles and texts alone, {plural(steps, 'step')} on this device’s GPU; then ask it in
            the Search view. Nothing leaves this page.
          </p>
          <OwnDocumentsPanel />
        </>
      ) : (
        <>
          <h1>{promise.title}</h1>
          <p>
            {plural(steps, 'step')} of training on this device’s GPU; on the way you see, on queries it was never
            trained on, {promise.shows}.
          </p>
        </>
      )}
      <RunButton large>
        {!own && !from && (
          <button type="button" className="button large" onClick={() => load('text')}>
            Your own documents
          </button>
        )}
        <button
          type="button"
          className="button large"
          aria-haspopup="dialog"
          onClick={() => usePage.getState().show({ gallery: true })}
        >
          Gallery
        </button>
        <span className="only-narrow">
          <PresetPicker label="Preset: " />
        </span>
      </RunButton>
      <SpeedLine isHindered={obstacle !== null} />
      <SoftwareNote />
      <TwoWays task={session.task.name} ways={waysOf(session)} />
      <dl className="pairs">
        {sessionLines(session).map(({ label, text }) => (
          <div key={label} className="pair">
            <dt>{label}</dt>
            <dd>{text}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}
