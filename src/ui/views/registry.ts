import { lazy, type ComponentType } from 'react';
import { BoxIcon, ChartIcon, ChipIcon, GraphIcon, ListIcon, ScalesIcon, SearchIcon, TracesIcon } from '../kit/icons';

/** A view of the page. To add one: a file with its component, and a line below. */
export interface PageView {
  id: string;
  label: string;
  icon: ComponentType;
  component: ComponentType;
  /** One sentence for the palette. */
  about: string;
  /**
   * Whether the view shows the run on the page, and nothing while the panel's session has not run. The Run view handles
   * that itself.
   */
  showsRun?: true;
}

export const VIEWS: readonly PageView[] = [
  { id: 'run', label: 'Run', icon: ChartIcon, component: lazy(() => import('./run/run-view')), about: 'Curves and what is going on' },
  { id: 'traces', label: 'Traces', icon: TracesIcon, component: lazy(() => import('./traces/traces-view')), about: 'What the model wrote, and its rank while thinking', showsRun: true },
  { id: 'graph', label: 'Graph', icon: GraphIcon, component: lazy(() => import('./graph/graph-view')), about: 'What each update did to the graph of documents', showsRun: true },
  { id: 'search', label: 'Search', icon: SearchIcon, component: lazy(() => import('./search/search-view')), about: 'Ask the model as it stands', showsRun: true },
  { id: 'benchmark', label: 'Bench', icon: ScalesIcon, component: lazy(() => import('./benchmark/benchmark-view')), about: 'Your own documents and judgements, beside BM25' },
  { id: 'runs', label: 'Runs', icon: ListIcon, component: lazy(() => import('./runs/runs-view')), about: 'Every run kept in this browser: open, compare, export' },
  { id: 'models', label: 'Models', icon: BoxIcon, component: lazy(() => import('./models/models-view')), about: 'Models of your own: open one, see what it takes, search with it' },
  { id: 'device', label: 'Device', icon: ChipIcon, component: lazy(() => import('./device/device-view')), about: 'What this browser’s GPU offers' },
]; // prettier-ignore
