/** Published measurements of reasoning before embedding, for the pages whose figures are compared with them. */
export const REFERENCES = [
  {
    title: 'Search-R3',
    arxiv: '2510.07048',
    says: 'the paper that this lab makes small: reasoning gains .02 to .05 of nDCG@10 on a pre-trained model of 1.5 billion parameters.',
  },
  {
    title: 'Do Reasoning Models Enhance Embedding Models?',
    arxiv: '2601.21192',
    says: 'finds no gain of bases that were tuned to reason, where the contrastive training is the same.',
  },
  {
    title: 'LREM',
    arxiv: '2510.14321',
    says: 'writes keywords before it embeds, and keeps for training only those that raise the right document.',
  },
] as const;
