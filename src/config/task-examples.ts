import type { TaskName } from './tasks';

/** A query as it is asked, the right reasoning, and the document that answers. */
export interface TaskExample {
  query: string;
  trace: string;
  document: string;
}

/** One of each task's, to show what it is about; of Kin's default world and seed. A test holds the tasks to it. */
export const TASK_EXAMPLES: Readonly<Record<TaskName, TaskExample>> = {
  kin: {
    query: 'music Ada mother rival',
    trace: 'mother Ida rival Jack',
    document: 'amber often tailor tune cliff',
  },
  'atlas-facts': {
    query: 'currency of the country of city Kumasi',
    trace: 'city Kumasi : Ghana ; currency : Ghanaian_Cedi',
    document: 'money Ghanaian_Cedi',
  },
  'atlas-walk': {
    query: 'from Togo go east , north',
    trace: 'east Benin north Niger',
    document: 'domain .ne phone +227 money West_African_CFA_Franc tongue French part Western_Africa',
  },
  // Of a made-up corpus: what one's own holds, nobody knows beforehand.
  text: {
    query: 'heat transfer to a blunt body',
    trace: 'stagnation heat laminar',
    document: 'the laminar heat transfer at the stagnation point of a blunt nose was measured',
  },
};
