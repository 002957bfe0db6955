import { FIELDS } from '../config/fields';
import type { Arm } from '../records/records';
import { ARM_ORDER, ARMS } from './arms';
import { filterBy } from './filter';
import { TERMS, type TermId } from './glossary-terms';
import { metricEntries } from './metrics';
import { fieldName } from './session-words';

/** One explanation: of a term, a way of ranking, a metric or a setting. */
export interface GlossaryEntry {
  id: string;
  kind: 'Term' | 'Ranking' | 'Metric' | 'Setting';
  label: string;
  about: string;
}

/** Everything that the page explains, from where each is declared: the one list behind Help and every explanation. */
export const GLOSSARY: readonly GlossaryEntry[] = [
  ...Object.entries(TERMS).map(([id, { term, text }]) => ({ id, kind: 'Term' as const, label: term, about: text })),
  ...ARM_ORDER.map((arm) => ({ id: `arm/${arm}`, kind: 'Ranking' as const, label: capital(ARMS[arm].label), about: ARMS[arm].meaning })),
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

/** Names an entry; metrics and settings by their own names. */
export type ExplainedId = TermId | `arm/${Arm}` | `metric/${string}` | `setting/${string}`;

const BY_ID: ReadonlyMap<string, GlossaryEntry> = new Map(GLOSSARY.map((entry) => [entry.id, entry]));

/** @returns undefined for a metric that the page has no words for. */
export const explanation = (id: ExplainedId): GlossaryEntry | undefined => BY_ID.get(id);

/** Those that answer a search, best first; all of them, by their kind, for an empty one. */
export const findInGlossary = (query: string): GlossaryEntry[] => filterBy(GLOSSARY, query);

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
