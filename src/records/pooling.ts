/**
 * How a text's last hidden states become its embedding, which is normalised to length 1: the last token's, the first's,
 * or their mean.
 */
export type Pooling = 'lasttoken' | 'cls' | 'mean';
