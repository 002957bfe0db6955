import { Component, Suspense, useEffect, useLayoutEffect, useRef, type ReactNode } from 'react';
import { messageOf } from '../../lib/errors';
import { usePage } from '../../store/page';
import { useRun } from '../../store/run';
import { useSelection } from '../../store/selection';
import { useRunShown } from '../../store/shown';
import { usePreferences } from '../../store/preferences';
import { Guide } from '../guide/guide';
import { ErrorNote } from '../kit/error-note';
import { focusOr } from '../kit/return-focus';
import { NARROW, useMedia } from '../kit/use-media';
import { SessionPanel } from '../session/session-panel';
import { SessionSheet } from '../session/session-sheet';
import { VIEWS } from '../views/registry';
import { Inspector } from './inspector';
import { Rail } from './rail';
import { NotRun, RunStrip } from './run-strip';
import { Timeline } from './timeline';
import { Toasts } from './toasts';
import { TopBar } from './top-bar';
import './frame.css';

/** The frame of the page: top bar, rail of views, session panel, the open view, inspector and timeline. */
export function PageFrame() {
  const sessionOpen = usePreferences((state) => state.sessionOpen);
  const shown = useRunShown();
  const hasRun = useRun(({ status }) => status !== 'ready');
  const isSelected = useSelection(({ step, document }) => step !== null || document !== null);
  const selected = isSelected && (shown || !hasRun);
  const narrow = useMedia(NARROW);
  const id = usePage((state) => state.view);
  const view = VIEWS.find((entry) => entry.id === id) ?? VIEWS[0]!;

  const main = useRef<HTMLElement>(null);
  useFocusInView(view.id, shown);
  // Another view, or a run in the place of a start page, is read from its top.
  useLayoutEffect(() => {
    main.current?.scrollTo(0, 0);
  }, [view.id, shown]);

  return (
    <div className="frame">
      <button type="button" className="button skip-link" onClick={() => focusOr(null)}>
        Skip to the view
      </button>
      <TopBar />
      <Rail />
      {narrow ? <SessionSheet /> : sessionOpen && <SessionPanel />}
      <main ref={main} className="view" id="view" aria-label={view.label} tabIndex={-1}>
        <Guide />
        <ViewBoundary key={view.id}>
          <Suspense fallback={<LoadingView label={view.label} />}>
            {!view.showsRun || !hasRun ? (
              <view.component />
            ) : shown ? (
              <>
                <RunStrip />
                <view.component />
              </>
            ) : (
              <NotRun />
            )}
          </Suspense>
        </ViewBoundary>
      </main>
      {selected && <Inspector />}
      <Toasts />
      <Timeline />
    </div>
  );
}

/**
 * Moves the focus to the view where the element that had it was removed with the view's old content, so that the
 * keyboard continues from there.
 */
function useFocusInView(view: string, shown: boolean): void {
  const before = useRef(`${view} ${shown}`);
  useEffect(() => {
    if (before.current === `${view} ${shown}`) return;
    before.current = `${view} ${shown}`;
    if (document.activeElement === document.body) focusOr(null);
  }, [view, shown]);
}

function LoadingView({ label }: { label: string }) {
  return (
    <div className="view-body">
      <h1>{label}</h1>
      <p className="muted">Loading this view.</p>
    </div>
  );
}

/** A view that fails takes nothing else with it. */
class ViewBoundary extends Component<{ children: ReactNode }, { error: string | null }> {
  override state: { error: string | null } = { error: null };

  static getDerivedStateFromError(error: unknown): { error: string } {
    return { error: messageOf(error) };
  }

  override render(): ReactNode {
    if (this.state.error === null) return this.props.children;
    return (
      <div className="view-body">
        <ErrorNote what="view" help={{ label: 'Try again', run: () => this.setState({ error: null }) }}>
          {`This view stopped: ${this.state.error}. The run continues, and the other views work.`}
        </ErrorNote>
      </div>
    );
  }
}
