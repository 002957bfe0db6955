import { sameAncestors } from '../config/ancestors';
import type { RunSession } from '../config/micro-batches';
import { isElsewhere, type Ran, type ShownRun } from './run';
import { changesFrom, useSession } from './session';
import { useToasts } from './toasts';

/** Times that a run continues in more micro-batches from one checkpoint: as often as they can be doubled. */
const MOST = 12;

/** A run whose device had no room for its step, and which continues in more micro-batches once the device is released. */
export class InParts {
  /** Why it does, in words; null where it does not. */
  private why: string | null = null;
  private count = 0;
  private step = 0;

  /** Another run comes onto the page. */
  begin(): void {
    this.count = 0;
    this.step = 0;
    this.why = null;
  }

  /** Another thing is done with it. */
  drop(): void {
    this.why = null;
  }

  /** @returns what changes of the run on the page; the panel follows where it held the same session. */
  become(run: ShownRun, { session, ancestors, text }: RunSession & { text: string }): Partial<Ran> {
    this.why = text;
    if (run.status === 'ready') return {};
    const panel = useSession.getState();
    const isPanels =
      changesFrom(run.session, panel.session).length === 0 && sameAncestors(run.ancestors, panel.ancestors);
    if (isPanels && !isElsewhere(run)) useSession.setState({ session, ancestors });
    return { session, ancestors, ...(run.askedFor === run.session ? { askedFor: session } : {}) };
  }

  /** Says why it continues now. @param step of its last checkpoint. @returns false where it does not, or did too often from there. */
  next(step: number): boolean {
    const { why } = this;
    if (why === null) return false;
    this.why = null;
    this.count = step > this.step ? 1 : this.count + 1;
    this.step = step;
    if (this.count > MOST) return false;
    useToasts.getState().say(why);
    return true;
  }
}
