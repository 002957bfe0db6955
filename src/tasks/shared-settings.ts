/** Settings that several tasks read: of one name, they are one setting. */
import { line, noted, real, whole } from '../settings/leaves';

/** The amount of written reasoning that training may see. */
export const traces = {
  traces_per_depth: noted(whole(0, 100_000, 300), {
    label: 'Traces',
    meaning: 'Training queries of each depth that come with written reasoning; stage 2 learns from all.',
    source: 'prototype',
    unit: 'per depth',
    step: 100,
  }),
};

/** The amount of queries that training never sees. */
export const heldOut = {
  held_out: noted(real(0.05, 0.5, 0.2), {
    label: 'Held out',
    meaning: 'Share of the chains of two and more hops that training never sees; half for dev, half for test.',
    source: 'prototype',
  }),
};

/** Words in front of every query and every document. */
export const instructions = {
  query_instruction: noted(line(200), {
    label: 'Query instruction',
    meaning: 'Words put in front of every query.',
    source: 'paper',
  }),
  document_instruction: noted(line(200), {
    label: 'Document instruction',
    meaning: 'Words put in front of every document.',
    source: 'paper',
  }),
};

/** The data of a task that does not come with the lab, by its SHA-256. */
export const corpus = {
  corpus: noted(line(64), {
    label: 'Documents',
    meaning:
      'What is trained on. A session and its link hold their SHA-256 alone; the command line is given them by --data.',
    source: 'choice',
  }),
};
