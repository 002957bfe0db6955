/**
 * The best `capacity` nodes seen so far, best first, over typed arrays. Order is total: higher score first, then the
 * lower id, so results never depend on the order of insertion. It serves as the two heaps of an HNSW search at once: the
 * whole list is the result, its unexpanded part the candidates. For the sizes used here (up to a few hundred) a sorted
 * insertion is faster than two heaps.
 */
export class Beam {
  size = 0;
  ids: Int32Array;
  scores: Float64Array;
  private expanded: Uint8Array;
  private capacity: number;
  /** The position before which every node is expanded. */
  private cursor = 0;

  constructor(capacity: number) {
    this.capacity = capacity;
    this.ids = new Int32Array(capacity);
    this.scores = new Float64Array(capacity);
    this.expanded = new Uint8Array(capacity);
  }

  /** Empties the list; grows the storage where needed. */
  reset(capacity: number): void {
    if (capacity > this.ids.length) {
      this.ids = new Int32Array(capacity);
      this.scores = new Float64Array(capacity);
      this.expanded = new Uint8Array(capacity);
    }
    this.capacity = capacity;
    this.size = 0;
    this.cursor = 0;
  }

  /**
   * Inserts a node in its place; a full list loses its last one.
   * @returns false where the list is full and the node is worse than all of it.
   */
  insert(id: number, score: number): boolean {
    const { ids, scores, expanded } = this;
    let at = this.size;
    if (at === this.capacity) {
      if (at === 0) return false;
      const last = scores[at - 1]!;
      if (score < last || (score === last && id > ids[at - 1]!)) return false;
      at--;
    } else {
      this.size++;
    }
    while (at > 0) {
      const before = scores[at - 1]!;
      if (before > score || (before === score && ids[at - 1]! < id)) break;
      scores[at] = before;
      ids[at] = ids[at - 1]!;
      expanded[at] = expanded[at - 1]!;
      at--;
    }
    scores[at] = score;
    ids[at] = id;
    expanded[at] = 0;
    if (at < this.cursor) this.cursor = at;
    return true;
  }

  /** The best node not returned before, which it marks as expanded; -1 when there is none. */
  next(): number {
    let at = this.cursor;
    while (at < this.size && this.expanded[at] === 1) at++;
    if (at === this.size) {
      this.cursor = at;
      return -1;
    }
    this.expanded[at] = 1;
    this.cursor = at + 1;
    return this.ids[at]!;
  }
}
