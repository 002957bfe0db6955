import { useDevice } from '../../store/device';
import { usePage } from '../../store/page';
import { useCost } from '../../store/run';
import { usePreferences } from '../../store/preferences';
import { changesFrom, nearestPreset, presetOf, useSession } from '../../store/session';
import type { OpenedLink } from '../../store/shared-session';
import { formatNumber } from '../../view/format';
import { sessionName } from '../../view/run-words';
import { changeSentence, sessionLines } from '../../view/session-words';
import { useRunObstacle } from '../frame/commands';
import { RunButton } from '../frame/run-button';
import { NARROW, useMedia } from '../kit/use-media';
import { OwnDocumentsPanel } from '../documents/own-documents';
import { CostLine } from '../session/cost-line';
import { cardTitle } from './card-title';
import { fork } from './fork';
import { SpeedLine } from './speed-line';
import './opened-card.css';

/** A card that shows what an opened link holds, before anything of it runs. */
export function OpenedCard({ opened }: { opened: OpenedLink }) {
  // Edited since: the card says what would run now.
  const session = useSession((state) => state.session);
  const from = useSession((state) => state.ancestors.at(-1));
  const preset = nearestPreset(session);
  const changes = changesFrom(from?.session ?? presetOf(preset), session);
  const obstacle = useRunObstacle();
  const missing = useDevice((state) => state.kind === 'missing');
  const show = usePage((state) => state.show);
  const change = usePreferences((state) => state.change);
  const narrow = useMedia(NARROW);
  const taskHash = useCost((state) => (state.state === 'answered' ? state.value.taskHash : undefined));
  const edit = (): void => {
    fork(opened.session);
    show({ opened: null, sheet: narrow });
    change({ sessionOpen: true });
  };

  return (
    <section className="opened-card" aria-labelledby="opened-title">
      <p className="muted">
        A link was opened.{' '}
        {missing
          ? 'It is read here, changed and shared; to run it takes WebGPU, which this browser does not offer.'
          : 'Nothing runs until you say so.'}
      </p>
      <h1 id="opened-title">{cardTitle(session)}</h1>
      <dl className="pairs">
        {sessionLines(session).map(({ label, text }) => (
          <div key={label} className="pair">
            <dt>{label}</dt>
            <dd>{text}</dd>
          </div>
        ))}
        {from && (
          <div className="pair">
            <dt>Fork</dt>
            <dd>
              of {sessionName(from.session, 'never')}: its steps 1 to {from.step} come first, with the same bits
              {from.link !== '' && (
                <>
                  {' '}
                  (<code title="Its fingerprint there, as the link says">{from.link.slice(0, 12)}</code>)
                </>
              )}
            </dd>
          </div>
        )}
        <div className="pair">
          <dt>Data</dt>
          <dd className="mono" title={taskHash}>
            {taskHash?.slice(0, 12) ?? 'not known'}
          </dd>
        </div>
      </dl>
      <OwnDocumentsPanel />
      <CostLine />
      <SpeedLine isHindered={obstacle !== null} />
      <div>
        <h2>{differsFrom(from ? 'its parent' : preset, from !== undefined, changes.length)}</h2>
        {changes.length > 0 && (
          <ul className="plain-list">
            {changes.slice(0, 12).map((entry) => (
              <li key={entry.path}>{changeSentence(entry)}</li>
            ))}
            {changes.length > 12 && <li className="muted">and {changes.length - 12} more</li>}
          </ul>
        )}
      </div>
      {opened.selection?.step !== undefined && (
        <p className="muted">
          It points at {pointedAt(opened.selection)}, which comes into view once the run is there.
        </p>
      )}
      {opened.claim && <Claim claim={opened.claim} />}
      <RunButton large>
        <button type="button" className="button large" onClick={edit}>
          Fork
        </button>
      </RunButton>
    </section>
  );
}

function differsFrom(base: string, isFork: boolean, changes: number): string {
  if (changes > 0) return `What differs from ${base}`;
  return isFork ? 'Nothing differs from its parent.' : `It is the preset ${base}, unchanged.`;
}

const pointedAt = ({ step, query, completion }: NonNullable<OpenedLink['selection']>): string => {
  if (query === undefined) return `step ${step}`;
  const what = completion === undefined ? 'the completions' : `completion ${completion + 1}`;
  return `${what} of a query at step ${step} (${query})`;
};

function Claim({ claim }: { claim: NonNullable<OpenedLink['claim']> }) {
  return (
    <div>
      <h2>What the sender says came out</h2>
      <dl className="pairs">
        {Object.entries(claim.metrics).map(([name, value]) => (
          <div key={name} className="pair">
            <dt>
              <code>{name}</code>
            </dt>
            <dd title={String(value)}>{formatNumber(value)}</dd>
          </div>
        ))}
        <div className="pair">
          <dt>On</dt>
          <dd>{claim.adapter || 'an adapter that was not named'}</dd>
        </div>
        <div className="pair">
          <dt>Fingerprint</dt>
          <dd className="mono">{claim.fingerprint.slice(0, 16)}</dd>
        </div>
      </dl>
      <p className="muted">This is not verified. A run here is compared with it.</p>
    </div>
  );
}
