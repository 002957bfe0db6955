/** Runs tasks one after the other, in the order in which they were added. */
export class Turns {
  private last: Promise<unknown> = Promise.resolve();

  take<T>(task: () => Promise<T>): Promise<T> {
    const turn = this.last.then(task, task);
    // A task that failed rejects its own caller, not the next one.
    this.last = turn.catch(() => undefined);
    return turn;
  }
}
