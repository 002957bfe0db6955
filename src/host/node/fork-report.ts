import type { Ancestors } from '../../config/ancestors';
import { progress } from './output';

/** Reports at each fork whether the parent's steps gave the fingerprint that its link claims. */
export class ForkReport {
  private told = 0;

  constructor(private readonly ancestors: Ancestors) {}

  /** @param links of the chain, from step 1. */
  look(links: readonly string[]): void {
    for (let next = this.ancestors[this.told]; next && next.step <= links.length; next = this.ancestors[this.told]) {
      this.told += 1;
      const { step, link } = next;
      const found = links[step - 1]!;
      const length = Math.min(found.length, link.length);
      const says =
        length === 0
          ? ''
          : found.slice(0, length) === link.slice(0, length)
            ? '; its parent came out as the link says'
            : '; its parent came out differently from what the link says';
      progress(`step ${step}: the fork goes on by its own settings${says}`);
    }
  }
}
