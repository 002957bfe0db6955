/** What of a text's last hidden states becomes its embedding, made of length 1: the last token's, the first's, their mean. */
export type Pooling = 'lasttoken' | 'cls' | 'mean';
