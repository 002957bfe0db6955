import type { GraphRecord, TraceRecord } from '../records/records';

// The bytes of a step of stage 2 that its link of the fingerprint covers beside the metrics.

/** A growing buffer of numbers, written one after the other. */
class Numbers {
  private room = new Float64Array(1 << 12);
  private length = 0;

  push(value: number): void {
    if (this.length === this.room.length) {
      const larger = new Float64Array(2 * this.length);
      larger.set(this.room);
      this.room = larger;
    }
    // All NaNs become one bit pattern.
    this.room[this.length++] = Number.isNaN(value) ? NaN : value;
  }

  /** Writes the number of values, then the values. */
  all(values: readonly number[]): void {
    this.push(values.length);
    for (const value of values) this.push(value);
  }

  take(): Uint8Array {
    const bytes = new Uint8Array(this.room.buffer, 0, 8 * this.length);
    this.length = 0;
    return bytes;
  }
}

const numbers = new Numbers();

/**
 * Encodes what the fingerprint covers of a step of stage 2 beside its metrics, as the bits of its numbers: for each
 * completion the sampled tokens, their log-probabilities, rank, reward and advantage; for the refresh the documents
 * encoded, the edits of the graph, and every search's path and answer. What follows from these or from the session
 * (texts, queries, relevant documents) and what was read beside training (entropies, ranks while thinking) is left out.
 * @returns a view of a buffer that the next call overwrites.
 */
export function evidenceBytes(traces: readonly TraceRecord[], graph: GraphRecord | undefined): Uint8Array {
  numbers.push(traces.length);
  for (const { ids, logprobs, reward, advantage, rank } of traces) {
    numbers.all(ids);
    numbers.all(logprobs);
    numbers.push(reward);
    numbers.push(advantage);
    numbers.push(rank);
  }
  if (graph) addRefresh(graph);
  return numbers.take();
}

function addRefresh({ reencoded, added, removed, compensated, searches, recall, reward_error }: GraphRecord): void {
  numbers.push(reencoded.length);
  for (const { doc, drift, age } of reencoded) {
    numbers.push(doc);
    numbers.push(drift);
    numbers.push(age);
  }
  for (const edges of [added, removed]) {
    numbers.push(edges.length);
    for (const [from, to] of edges) {
      numbers.push(from);
      numbers.push(to);
    }
  }
  numbers.push(compensated.count);
  numbers.push(compensated.mean_drift);
  numbers.push(searches.length);
  for (const { path, found, rank_before, rank_after } of searches) {
    numbers.all(path);
    numbers.all(found);
    numbers.push(rank_before);
    numbers.push(rank_after);
  }
  numbers.push(recall ?? NaN);
  numbers.push(reward_error ?? NaN);
}
