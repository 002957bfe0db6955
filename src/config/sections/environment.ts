import * as v from 'valibot';
import { flag, noted, option, real, whole } from '../../settings/leaves';

const REFRESH_POLICIES = ['none', 'full', 'periodic', 'local'] as const;

/** The graph that stage 2 searches, and how it is kept fresh. */
export const environmentSchema = v.strictObject({
  M: noted(whole(2, 64, 16), {
    label: 'Neighbours M',
    meaning: 'The most edges a document keeps in the graph.',
    source: 'prototype',
  }),
  ef_construction: noted(whole(4, 1024, 64), {
    label: 'Width of linking',
    meaning: 'Candidates kept while a document looks for its neighbours.',
    source: 'choice',
    geometric: true,
  }),
  ef: noted(whole(1, 1024, 64), {
    label: 'Width of search',
    meaning: 'Candidates kept while a query walks the graph.',
    source: 'prototype',
    geometric: true,
  }),
  policy: noted(option(REFRESH_POLICIES, 'local'), {
    label: 'Refresh',
    meaning: 'Which documents are encoded anew: none, all each step, all now and then, or an affected region.',
    source: 'paper',
  }),
  period: noted(whole(1, 100_000, 20), {
    label: 'Period',
    meaning: 'Steps between refreshes of the whole corpus under the periodic policy.',
    source: 'prototype',
    unit: 'steps',
  }),
  budget: noted(real(0.0001, 1, 0.05), {
    label: 'Budget',
    meaning: 'Share of the corpus that the local policy may re-encode in a step.',
    source: 'prototype',
    step: 0.01,
  }),
  oldest_share: noted(real(0, 1, 0.4), {
    label: 'Share for the oldest',
    meaning: 'Part of the budget that goes to the documents encoded longest ago.',
    source: 'prototype',
  }),
  ridge: noted(real(0.000001, 1_000_000, 1), {
    label: 'Ridge',
    meaning: 'Regularisation of the map that moves what was not re-encoded.',
    source: 'prototype',
    geometric: true,
  }),
  compensate: noted(flag(true), {
    label: 'Compensate',
    meaning: 'Move every other document by what the re-encoded ones moved.',
    source: 'prototype',
  }),
  /** Steps between samples of the reward error; 0 takes none. */
  audit_every: noted(whole(0, 100_000, 20), {
    label: 'Audit',
    meaning: 'Steps between comparisons with freshly encoded documents; 0 makes none.',
    source: 'choice',
    unit: 'steps',
    step: 5,
  }),
  /** Steps between recordings of the rank while thinking; 0 makes none. */
  rank_every: noted(whole(0, 100_000, 20), {
    label: 'Rank while thinking',
    meaning: 'Steps between recordings of where the right document stood after each word written; 0 makes none.',
    source: 'choice',
    unit: 'steps',
    step: 5,
  }),
});
