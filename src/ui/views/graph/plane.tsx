import { useEffect, useRef, useState } from 'react';
import { graph, useGraph } from '../../../store/graph';
import { useDevice } from '../../../store/device';
import { useHover } from '../../../store/hover';
import { usePlayback } from '../../../store/playback';
import { usePreferences } from '../../../store/preferences';
import { useSelection } from '../../../store/selection';
import { IconButton } from '../../kit/icon-button';
import { FitIcon, MinusIcon, PlusIcon } from '../../kit/icons';
import { useMedia } from '../../kit/use-media';
import { GraphLegend } from './legend';
import { refreshSentence } from '../../../view/graph/sentence';
import { PlaneController } from './plane-controller';
import { useShownRefresh } from './use-shown';

/** The documents in the plane, with what lies over them. */
export function Plane() {
  const host = useRef<HTMLDivElement>(null);
  const canvas = useRef<HTMLCanvasElement>(null);
  const hover = useRef<HTMLDivElement>(null);
  const score = useRef<HTMLDivElement>(null);
  const controller = useRef<PlaneController | null>(null);
  const [failure, setFailure] = useState<string | null>(null);
  const [attempt, setAttempt] = useState(0);
  const software = useDevice((state) => state.kind === 'ready' && state.report.software);
  const theme = usePreferences((state) => state.theme);
  const dark = useMedia('(prefers-color-scheme: dark)');
  const selected = useSelection((state) => state.document);
  const { search } = useShownRefresh();
  const isMap = useGraph((state) => state.drawn === 'map');
  const isReady = useGraph((state) => state.version > 0);

  useEffect(() => {
    const parts = [host.current, canvas.current, hover.current, score.current] as const;
    const [on, into, label, rank] = parts;
    if (!isReady || !on || !into || !label || !rank || !graph.history) return;
    const made = new PlaneController(on, into, { hover: label, score: rank }, setFailure);
    controller.current = made;
    void made.start(software);
    const onWheel = (event: WheelEvent): void => made.onWheel(event);
    // React's own wheel listeners may not prevent scrolling.
    into.addEventListener('wheel', onWheel, { passive: false });
    return () => {
      into.removeEventListener('wheel', onWheel);
      controller.current = null;
      made.destroy();
    };
  }, [isReady, software, attempt]);

  useEffect(() => controller.current?.recolor(), [theme, dark]);
  useEffect(
    () =>
      usePlayback.subscribe((state, before) => {
        if (state.passed !== before.passed) controller.current?.glanceAtNext();
      }),
    [],
  );

  if (failure !== null) {
    return (
      <div className="plane-failure">
        <p>The picture cannot be drawn here: {failure}. The searches and documents below are complete without it.</p>
        <button
          type="button"
          className="button"
          onClick={() => {
            setFailure(null);
            setAttempt(attempt + 1);
          }}
        >
          Try again
        </button>
      </div>
    );
  }
  return (
    <div className="plane" ref={host}>
      <canvas
        // A canvas gives out one kind of context for good.
        key={attempt}
        ref={canvas}
        tabIndex={0}
        role="application"
        aria-label="The documents in a plane"
        aria-describedby="plane-keys"
        onPointerDown={(event) => controller.current?.onPointerDown(event.nativeEvent)}
        onPointerMove={(event) => controller.current?.onPointerMove(event.nativeEvent)}
        onPointerUp={(event) => controller.current?.onPointerUp(event.nativeEvent)}
        onPointerCancel={(event) => controller.current?.onPointerUp(event.nativeEvent)}
        onPointerLeave={() => useGraph.getState().set({ hovered: -1 })}
        onDoubleClick={(event) => controller.current?.zoomBy(2, event.nativeEvent.offsetX, event.nativeEvent.offsetY)}
        onKeyDown={(event) => {
          if (event.ctrlKey || event.metaKey || event.altKey) return;
          if (controller.current?.onKey(event.key, event.shiftKey)) event.preventDefault();
        }}
      />
      <p className="hidden-text" id="plane-keys">
        Arrow keys go to the nearest document in a direction, with Shift they move the picture; plus, minus and zero
        zoom.
      </p>
      <p className="hidden-text" role="status">
        {selected && `Document ${selected.title ?? selected.id}: ${selected.text}`}
      </p>
      <div className="plane-label" ref={hover} hidden aria-hidden="true" />
      <div className="plane-label score" ref={score} hidden aria-hidden="true" data-document={search?.wanted[0] ?? -1}>
        {search &&
          !isMap &&
          `rank ${search.rank_before > 0 ? search.rank_before : '–'} → ${search.rank_after > 0 ? search.rank_after : '–'}`}
      </div>
      <PointedStep />
      <GraphLegend />
      <div className="plane-tools" role="group" aria-label="Zoom">
        <IconButton label="Zoom in" onClick={() => controller.current?.zoomBy(1.6)}>
          <PlusIcon />
        </IconButton>
        <IconButton label="Zoom out" onClick={() => controller.current?.zoomBy(1 / 1.6)}>
          <MinusIcon />
        </IconButton>
        <IconButton label="Show everything" onClick={() => controller.current?.fit()}>
          <FitIcon />
        </IconButton>
      </div>
    </div>
  );
}

/** A line on the refresh of the step under the timeline's pointer, where that is another than the one in view. */
function PointedStep() {
  const pointed = useHover((state) => state.step);
  const { index: shown } = useShownRefresh();
  const { history } = graph;
  if (pointed === null || !history) return null;
  const index = history.indexAt(pointed);
  if (index === shown) return null;
  const step = history.stepOf(index);
  return (
    <p className="plane-pointed" aria-hidden="true">
      {refreshSentence(index, step, history.refresh(index), history.documents, history.edgesAt(index))}
    </p>
  );
}
