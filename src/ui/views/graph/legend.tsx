import { graph, useGraph } from '../../../store/graph';
import { usePreferences } from '../../../store/preferences';
import { useSelection } from '../../../store/selection';
import { formatNumber } from '../../../view/format';
import {
  COLOR_MODES,
  rampColor,
  topicColor,
  unknownColor,
  valuesOf,
  type ColorMode,
} from '../../../view/graph/coloring';
import { Explained } from '../../kit/explained';
import { useMedia } from '../../kit/use-media';

const MOST_TOPICS = 8;

/** A legend of the colours; a topic under the pointer is highlighted in the picture. */
export function GraphLegend() {
  const color = useGraph((state) => state.color);
  const isMap = useGraph((state) => state.drawn === 'map');
  const theme = usePreferences((state) => state.theme);
  const prefersDark = useMedia('(prefers-color-scheme: dark)');
  const shade = (theme === 'auto' ? prefersDark : theme === 'dark') ? 'dark' : 'light';
  return (
    <div className="plane-legend">
      {isMap || color === 'topic' ? <Topics shade={shade} /> : <Ramp mode={color} shade={shade} />}
      {!isMap && (
        <ul className="stroke-legend" aria-label="Lines">
          <li>
            <i className="key drift" aria-hidden="true" /> <Explained id="drift">moved</Explained>
          </li>
          <li>
            <i className="key added" aria-hidden="true" /> <Explained id="edge">edge added</Explained>
          </li>
          <li>
            <i className="key removed" aria-hidden="true" /> <Explained id="edge">edge removed</Explained>
          </li>
          <li>
            <i className="key path" aria-hidden="true" /> <Explained id="search_path">search</Explained>
          </li>
        </ul>
      )}
    </div>
  );
}

function Topics({ shade }: { shade: 'light' | 'dark' }) {
  const topic = useGraph((state) => state.topic);
  const set = useGraph((state) => state.set);
  useGraph((state) => state.texts);
  const names = graph.topicNames;
  // Documents without groups need no colours of groups.
  if (names.every((name) => name === '')) return null;
  return (
    <ul className="topic-legend" aria-label="Topics">
      {names.slice(0, MOST_TOPICS).map((name, at) => (
        <li key={name}>
          <button
            type="button"
            aria-pressed={topic === at}
            title={`Let ${name} stand out`}
            onClick={() => set({ topic: topic === at ? -1 : at })}
          >
            <i className="key dot" style={{ background: topicColor(at, shade) }} aria-hidden="true" /> {name}
          </button>
        </li>
      ))}
      {names.length > MOST_TOPICS && (
        <li>
          <select
            aria-label="More topics"
            value={topic >= MOST_TOPICS ? topic : -1}
            onChange={(event) => set({ topic: Number(event.target.value) })}
          >
            <option value={-1}>{names.length - MOST_TOPICS} more</option>
            {names.slice(MOST_TOPICS).map((name, at) => (
              <option key={name} value={at + MOST_TOPICS}>
                {name}
              </option>
            ))}
          </select>
        </li>
      )}
    </ul>
  );
}

function Ramp({ mode, shade }: { mode: Exclude<ColorMode, 'topic'>; shade: 'light' | 'dark' }) {
  const held = useSelection((state) => state.step);
  useGraph((state) => state.loaded);
  const { history } = graph;
  const values = history ? valuesOf(mode, history.at(history.indexAt(held ?? Infinity))) : [];
  let top = mode === 'reward' ? 1 : 0;
  for (let i = 0; i < values.length; i++) top = Math.max(top, values[i]!);
  const stops = Array.from({ length: 9 }, (_, i) => rampColor(mode === 'age' ? 1 - i / 8 : i / 8, shade));
  const words = { age: ['fresh', `${formatNumber(top)} steps`], drift: ['0', formatNumber(top)], reward: ['0', '1'] }[
    mode
  ];
  return (
    <div className="ramp-legend">
      <Explained id={`colour/${mode}`}>{COLOR_MODES.find(({ id }) => id === mode)!.label}</Explained>
      <span>{words[0]}</span>
      <i style={{ background: `linear-gradient(to right, ${stops.join(', ')})` }} aria-hidden="true" />
      <span>{words[1]}</span>
      {mode !== 'age' && (
        <span>
          <i className="key dot" style={{ background: unknownColor(shade) }} aria-hidden="true" /> not seen yet
        </span>
      )}
    </div>
  );
}
