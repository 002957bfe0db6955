import * as v from 'valibot';

/** A package that a task's data was built from. */
export const sourceSchema = v.object({
  package: v.string(),
  version: v.string(),
  licence: v.string(),
  holder: v.string(),
  /** Which part of the data comes from it. */
  gives: v.string(),
});
