import { useEffect, type ReactNode } from 'react';
import { graph, useGraph } from '../../../store/graph';
import { lab } from '../../../store/lab';
import { useDevice } from '../../../store/device';
import { usePage } from '../../../store/page';
import { useRecords } from '../../../store/records';
import { isLive, useRan, useRun } from '../../../store/run';
import { useSelection } from '../../../store/selection';
import { useSession } from '../../../store/session';
import { useToasts } from '../../../store/toasts';
import { asSentence } from '../../../view/as-sentence';
import { COLOR_MODES } from '../../../view/graph/coloring';
import { refreshSentence } from '../../../view/graph/sentence';
import { BudgetRuler } from './budget-ruler';
import { Lists } from './lists';
import { MapHead, MapLists } from './map';
import { PhaseBar } from './phase-bar';
import { Plane } from './plane';
import { useShownRefresh } from './use-shown';
import './graph.css';
import './plane.css';
import { ErrorNote } from '../../kit/error-note';

/** The Graph view: the picture of the documents and their graph, step by step, with its tools. */
export default function GraphView() {
  const recorded = useRecords((state) => state.graph.length);
  const problem = useGraph((state) => state.problem);
  const isReady = useGraph((state) => state.version > 0) && graph.history !== null;
  const drawn = useGraph((state) => state.drawn);
  const epoch = useGraph((state) => state.epoch);
  useEffect(() => graph.follow(), []);

  if (problem !== null) {
    return (
      <Message title="The graph cannot be shown">
        <ErrorNote what="graph" help={{ label: 'Read them again', run: () => graph.again() }}>
          {`The records of this run do not fit together: ${problem}. The run itself and its other views are safe.`}
        </ErrorNote>
      </Message>
    );
  }
  if (drawn === 'fetching') {
    return (
      <Message title="The documents as the model sees them">
        <p className="muted" role="status">
          The model embeds every document, between two steps of the run; a moment later they lie here in a plane.
        </p>
      </Message>
    );
  }
  if (drawn === 'map' && isReady) {
    return (
      <div className="graph-view is-map">
        <MapHead />
        <Plane key={epoch} />
        <MapLists />
      </div>
    );
  }
  if (recorded === 0) return <Nothing />;
  if (!isReady) {
    return (
      <Message title="Graph">
        <p className="muted" role="status">
          Fetching the graph that stage 2 began with.
        </p>
      </Message>
    );
  }
  return (
    <div className="graph-view">
      <Head />
      <Plane key={epoch} />
      <Foot />
      <Lists />
    </div>
  );
}

function Head() {
  const { index, step, refresh } = useShownRefresh();
  const held = useSelection((state) => state.step);
  const color = useGraph((state) => state.color);
  const edges = useGraph((state) => state.edges);
  const loaded = useGraph((state) => state.loaded);
  const recorded = useRecords((state) => state.graph.length);
  const status = useRun((state) => state.status);
  const set = useGraph((state) => state.set);
  const documents = graph.history?.documents ?? 0;
  const refit = (): void => {
    lab
      .askRun((client, run) => client.run.refitPicture(run))
      .then(
        (done) => useToasts.getState().say(done ? 'From the next refresh on, documents lie in a new plane, turned to match the old one.' : 'Nothing to lay out: stage 2 is not running.'), // prettier-ignore
        () => useToasts.getState().say('The worker did not answer.'),
      );
  };
  return (
    <header className="graph-head">
      <h1 className="hidden-text">Graph</h1>
      <p className="graph-sentence">
        {held !== null && held < step ? `Stage 2 begins after step ${step}. ` : ''}
        {refreshSentence(index, step, refresh, documents, graph.history?.edgesAt(index) ?? 0)}
        {loaded < recorded && (
          <span className="muted">
            {' '}
            {loaded} of {recorded} refreshes are here.
          </span>
        )}
      </p>
      <div className="graph-tools">
        <span className="segmented" role="group" aria-label="Colour by">
          {COLOR_MODES.map(({ id, label, meaning }) => (
            <button
              key={id}
              type="button"
              className="tool"
              title={meaning}
              aria-pressed={color === id}
              onClick={() => set({ color: id, topic: -1 })}
            >
              {label}
            </button>
          ))}
        </span>
        <button type="button" className="tool" aria-pressed={edges} onClick={() => set({ edges: !edges })}>
          Edges
        </button>
        {isLive(status) && (
          <button type="button" className="tool" title="Fit the plane to the documents as they lie now" onClick={refit}>
            Lay out again
          </button>
        )}
      </div>
    </header>
  );
}

function Foot() {
  const { refresh } = useShownRefresh();
  return (
    <div className="graph-foot">
      <PhaseBar disabled={!refresh} />
      <BudgetRuler refresh={refresh} documents={graph.history?.documents ?? 0} />
    </div>
  );
}

/** Shown while there is no graph: why, and the one thing to do. */
function Nothing() {
  const mapProblem = useGraph((state) => state.mapProblem);
  const status = useRun((state) => state.status);
  const plan = useRan((ran) => ran.plan);
  const session = useSession((state) => state.session);
  const show = usePage((state) => state.show);
  const missing = useDevice((state) => state.kind === 'missing');
  const stage = plan?.stages.find((entry) => entry.stage === 'grpo');
  const why = mapProblem !== null && (
    <p className="muted">The documents cannot be drawn as the model sees them. {asSentence(mapProblem)}</p>
  );
  if (isLive(status) && stage) {
    return (
      <Message title="The graph comes with stage 2">
        {why}
        <p>
          Stage 2 searches the documents through a graph of neighbours and refreshes the part that each update touched.
          It begins after step {stage.firstStep - 1}; the first refresh appears here.
        </p>
        <button type="button" className="button" onClick={() => show({ view: 'run' })}>
          Watch the curves until then
        </button>
      </Message>
    );
  }
  const hasStage = session.grpo.steps > 0;
  return (
    <Message title="Documents in a plane">
      <p>
        Once a run has a model, its documents lie here as the model sees them: near each other where it takes them for
        alike. A search lights what it finds, and a point opens its document.
      </p>
      {why}
      <p>
        {hasStage
          ? 'This session has a stage 2: once it runs, every update shows here what it re-encoded, moved and linked again.'
          : 'What an update does to a graph of documents is seen in stage 2, which this session has not. The preset “Kin, with reinforcement” has one.'}
      </p>
      {!hasStage && !missing && (
        <button
          type="button"
          className="button primary"
          onClick={() => {
            useSession.getState().loadPreset('kin-rl');
            show({ view: 'run', sheet: false });
          }}
        >
          Load Kin, with reinforcement
        </button>
      )}
      {hasStage && (
        <button type="button" className="button" onClick={() => show({ view: 'run' })}>
          Go to Run
        </button>
      )}
    </Message>
  );
}

function Message({ title, children }: { title: string; children: ReactNode }) {
  return (
    <div className="view-body">
      <div className="empty">
        <h1>{title}</h1>
        {children}
      </div>
    </div>
  );
}
