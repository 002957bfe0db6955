/** The names that columns and keys may have; the first of each list is the one that BEIR uses. */
export const COLUMN_NAMES = {
  id: ['_id', 'id', 'docid', 'doc_id', 'document_id', 'pid', 'qid', 'query_id', 'query-id'],
  title: ['title', 'name', 'headline', 'subject'],
  text: ['text', 'contents', 'content', 'body', 'passage', 'document', 'abstract', 'query', 'question'],
} as const;

export type ColumnRole = keyof typeof COLUMN_NAMES;
