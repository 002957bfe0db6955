import { FIELDS } from '../config/fields';
import type { Arm } from '../records/records';
import { ARM_ORDER, ARMS } from './arms';
import { SYSTEMS } from './benchmark';
import { CHARTS } from './chart-terms';
import { filterBy } from './filter';
import { TERMS, type TermId } from './glossary-terms';
import { COLOR_MODES, type ColorMode } from './graph/coloring';
import { metricEntries } from './metrics';
import { fieldName } from './session-words';

/** One explanation: of a term, a way of ranking, a chart, a colour of the graph, a metric or a setting. */
export interface GlossaryEntry {
  id: string;
  kind: 'Term' | 'Ranking' | 'Chart' | 'Colour' | 'Metric' | 'Setting';
  label: string;
  about: string;
}

/** The ways of ranking that only a benchmark has. */
const BENCHMARK_SYSTEMS = Object.entries(SYSTEMS).filter(
  ([, { meaning }]) => !ARM_ORDER.some((arm) => ARMS[arm].meaning === meaning),
);

/**
 * Everything that the page explains, collected from where each is declared: the one list behind Help and every
 * explanation.
 */
export const GLOSSARY: readonly GlossaryEntry[] = [
  ...Object.entries(TERMS).map(([id, { term, text }]) => ({ id, kind: 'Term' as const, label: term, about: text })),
  ...ARM_ORDER.map((arm) => ({ id: `arm/${arm}`, kind: 'Ranking' as const, label: capital(ARMS[arm].label), about: ARMS[arm].meaning })),
  ...BENCHMARK_SYSTEMS.map(([id, { label, meaning }]) => ({ id: `system/${id}`, kind: 'Ranking' as const, label, about: meaning })),
  ...Object.entries(CHARTS).map(([id, { title, about }]) => ({ id: `chart/${id}`, kind: 'Chart' as const, label: title, about })),
  ...COLOR_MODES.map(({ id, label, meaning }) => ({ id: `colour/${id}`, kind: 'Colour' as const, label, about: meaning })),
  ...metricEntries().map(([name, { label, unit, meaning }]) => ({
    id: `metric/${name}`,
    kind: 'Metric' as const,
    label: `${name.startsWith('loss') ? 'Loss: ' : ''}${label}${unit ? `, ${unit}` : ''}`,
    about: meaning,
  })),
  ...FIELDS.filter(({ path }) => path !== 'title').map(({ path, meaning }) => ({
    id: `setting/${path}`,
    kind: 'Setting' as const,
    label: fieldName(path),
    about: meaning,
  })),
]; // prettier-ignore

/** The id of an entry; metrics and settings have their own names. */
export type ExplainedId = TermId | `arm/${Arm}` | `colour/${ColorMode}` | `metric/${string}` | `setting/${string}`;

const BY_ID: ReadonlyMap<string, GlossaryEntry> = new Map(GLOSSARY.map((entry) => [entry.id, entry]));

/** Finds an entry. @returns undefined for a metric that the page has no words for. */
export const explanation = (id: ExplainedId): GlossaryEntry | undefined => BY_ID.get(id);

/** The entries that match a search, best first; for an empty search all of them, by their kind. */
export const findInGlossary = (query: string): GlossaryEntry[] => filterBy(GLOSSARY, query);

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
