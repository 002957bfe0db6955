import type { TaskName } from './tasks';

/** A query as it is asked, the right reasoning step by step, and the document that answers. */
export interface TaskExample {
  query: string;
  steps: readonly string[];
  document: string;
  /** Both in a sentence. */
  meaning: string;
}

/** One of each task's, to show what it is about; of Kin's default world and seed. A test holds the tasks to it. */
export const TASK_EXAMPLES: Readonly<Record<TaskName, TaskExample>> = {
  kin: {
    query: 'music Ada mother rival',
    steps: ['mother Ida', 'rival Jack'],
    document: 'amber often tailor tune cliff',
    meaning: 'Ada’s mother is Ida and Ida’s rival is Jack; the document tells of Jack and music in words of its own.',
  },
  'atlas-facts': {
    query: 'currency of the country of city Kumasi',
    steps: ['city Kumasi : Ghana', 'currency : Ghanaian_Cedi'],
    document: 'money Ghanaian_Cedi',
    meaning:
      'Kumasi lies in Ghana, and Ghana pays in cedis; the test joins such facts across countries where training never does.',
  },
  'atlas-walk': {
    query: 'from Togo go east , north',
    steps: ['east Benin', 'north Niger'],
    document: 'domain .ne phone +227 money West_African_CFA_Franc tongue French part Western_Africa',
    meaning: 'East of Togo lies Benin and north of Benin Niger; the document is Niger’s, without its name.',
  },
  world: {
    query: 'What is the capital of the country where Lyon is?',
    steps: ['Lyon is in France.', 'The capital of France is Paris.'],
    document: 'Paris',
    meaning: 'Lyon is in France and its capital is Paris; a base model that was trained before knows both by itself.',
  },
  // Of a made-up corpus: what one's own holds, nobody knows beforehand.
  text: {
    query: 'heat transfer to a blunt body',
    steps: ['stagnation', 'heat', 'laminar'],
    document: 'the laminar heat transfer at the stagnation point of a blunt nose was measured',
    meaning: 'From a made-up collection: the keywords come first, then the passage that they lead to.',
  },
};
