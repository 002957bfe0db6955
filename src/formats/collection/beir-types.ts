/** A document of a collection in BEIR layout (https://github.com/beir-cellar/beir/wiki/Load-your-custom-dataset). */
export interface BeirDocument {
  id: string;
  /** The title; empty where there is none. */
  title: string;
  text: string;
}
export interface BeirQuery {
  id: string;
  text: string;
  /** Documents that are left out of its ranking, beside the one that is the query itself. */
  excluded?: readonly string[];
}
/** Grades by query, then by document. */
export type Qrels = Map<string, Map<string, number>>;
