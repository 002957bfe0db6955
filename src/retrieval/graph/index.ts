export type { EdgeEdits } from './adjacency';
export { GraphIndex, type GraphState } from './graph-index';
export type { Integrity } from './integrity';
export { GRAPH_DEFAULTS, type GraphSettings } from './settings';
export { checkRows, dot, normaliseRows } from './vectors';
