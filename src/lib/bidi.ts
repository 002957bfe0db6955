/** Marks that turn the direction of the text after them: embeddings, overrides, isolates and their ends. */
const DIRECTIONS = /[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;
const FIRST_STRONG_ISOLATE = '\u2068';
const POP_ISOLATE = '\u2069';

/** A user's text without marks of direction, for a place that cannot isolate it, such as the tab's title. */
export const withoutDirections = (text: string): string => text.replace(DIRECTIONS, '');

/** A user's text within a sentence, isolated, so that its direction does not change that of the sentence. */
export const isolated = (text: string): string => `${FIRST_STRONG_ISOLATE}${text}${POP_ISOLATE}`;

/** The same for a name that is made longer: left as it is where it holds no such mark. */
export const isolatedIfTurned = (text: string): string => (text.search(DIRECTIONS) < 0 ? text : isolated(text));
