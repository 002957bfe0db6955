import { useEffect } from 'react';
import { usePage } from '../../../store/page';
import { useSelection } from '../../../store/selection';
import { formatNumber, plural } from '../../../view/format';
import { StepLink } from '../../frame/step-link';
import { Explained } from '../../kit/explained';
import { graph, useGraph } from '../../../store/graph';
import { openDocument } from './plane-controller';
import './graph.css';

/** The inspector's facts about a document in the graph at the step in view; its neighbours link to their own cards. */
export default function GraphFacts({ document }: { document: number }) {
  const held = useSelection((state) => state.step);
  const view = usePage((state) => state.view);
  const show = usePage((state) => state.show);
  useGraph((state) => state.version);
  const drawn = useGraph((state) => state.drawn);
  // The card may be open where the graph is not.
  useEffect(() => graph.follow(), []);
  const { history } = graph;
  if (!history || document >= history.documents) return null;
  const index = history.indexAt(held ?? Infinity);
  const state = history.at(index);
  const refresh = history.refresh(index);
  const at = refresh?.reencoded.indexOf(document) ?? -1;
  const age = state.step - state.encodedAt[document]!;
  const drift = state.drift[document]!;
  const found = state.foundAt[document]!;
  const start = document * history.degreeBound;
  const neighbours = [...state.targets.subarray(start, start + state.counts[document]!)];
  const isMap = drawn === 'map';
  return (
    <>
      {!isMap && <h3>In the graph at step {state.step}</h3>}
      {!isMap && (
        <dl className="pairs">
          <dt>
            <Explained id="age">Encoded</Explained>
          </dt>
          <dd>
            {age === 0 ? 'in this step' : `${plural(age, 'step')} ago, in `}
            {age > 0 && <StepLink step={state.encodedAt[document]!}>step {state.encodedAt[document]}</StepLink>}
          </dd>
          <dt>
            <Explained id="drift">Drift then</Explained>
          </dt>
          <dd>{drift < 0 ? 'not seen yet' : formatNumber(drift)}</dd>
          {refresh && at >= 0 && (
            <>
              <dt>This step</dt>
              <dd>re-encoded after {plural(refresh.age[at]!, 'step')}</dd>
            </>
          )}
          <dt>Retrieved</dt>
          <dd>
            {found < 0 ? 'by no recorded search yet' : 'last in '}
            {found >= 0 && <StepLink step={found}>step {found}</StepLink>}
          </dd>
          <dt>
            <Explained id="reward">Reward</Explained>
          </dt>
          <dd>{state.reward[document]! < 0 ? 'never wanted yet' : formatNumber(state.reward[document]!)}</dd>
        </dl>
      )}
      {view !== 'graph' && (
        <p>
          <button type="button" className="link-button" onClick={() => show({ view: 'graph' })}>
            Show it in the graph
          </button>
        </p>
      )}
      <h3>Leads to {plural(neighbours.length, 'neighbour')}</h3>
      <ul className="neighbour-list">
        {neighbours.map((neighbour) => (
          <li key={neighbour}>
            <button type="button" className="link-button" onClick={() => openDocument(neighbour)}>
              {graph.documents[neighbour]?.title ?? graph.documents[neighbour]?.id ?? `document ${neighbour}`}
            </button>
            <span className="muted mono">
              {graph.documents[neighbour]?.title === undefined && graph.documents[neighbour]?.text}
            </span>
          </li>
        ))}
      </ul>
    </>
  );
}
