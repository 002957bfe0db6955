/** A pair of tokens as one number, and how often it came when it was queued. */
export interface QueuedPair {
  key: number;
  count: number;
}

/** Pairs by count, the most frequent first; of equal ones the smaller key. A binary heap. */
export class MergeQueue {
  private readonly heap: QueuedPair[] = [];

  push(key: number, count: number): void {
    const { heap } = this;
    let at = heap.length;
    const pair = { key, count };
    heap.push(pair);
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (!isBefore(pair, heap[parent]!)) break;
      heap[at] = heap[parent]!;
      at = parent;
    }
    heap[at] = pair;
  }

  pop(): QueuedPair | undefined {
    const { heap } = this;
    const [first] = heap;
    const last = heap.pop();
    if (!first || !last || heap.length === 0) return first;
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && isBefore(heap[child + 1]!, heap[child]!)) child++;
      if (!isBefore(heap[child]!, last)) break;
      heap[at] = heap[child]!;
      at = child;
    }
    heap[at] = last;
    return first;
  }
}

const isBefore = (a: QueuedPair, b: QueuedPair): boolean => a.count > b.count || (a.count === b.count && a.key < b.key);
