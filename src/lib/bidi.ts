/** Marks that turn the direction of the text after them: embeddings, overrides, isolates and their ends. */
const DIRECTIONS = /[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;
const FIRST_STRONG_ISOLATE = '\u2068';
const POP_ISOLATE = '\u2069';

/** Text that somebody typed, for a place that knows no isolation, such as the tab's title. */
export const withoutDirections = (text: string): string => text.replace(DIRECTIONS, '');

/** Text that somebody typed, within a sentence: whatever direction it has, the sentence around it keeps its own. */
export const isolated = (text: string): string => `${FIRST_STRONG_ISOLATE}${text}${POP_ISOLATE}`;

/** The same for a name that is made longer: left as it is where it holds no such mark. */
export const isolatedIfTurned = (text: string): string => (text.search(DIRECTIONS) < 0 ? text : isolated(text));
