import { sameAncestors } from '../config/ancestors';
import type { RunSession } from '../config/micro-batches';
import { isElsewhere, type Ran, type ShownRun } from './run';
import { changesFrom, useSession } from './session';
import { useToasts } from './toasts';

/** The most times that a run continues in more micro-batches from one checkpoint: as often as they can be doubled. */
const MOST = 12;

/** Continues a run whose device had no memory for its step, in more micro-batches, once the device is released. */
export class InParts {
  /** The sentence on why it continues so; null where it does not. */
  private why: string | null = null;
  private count = 0;
  private step = 0;

  /** Resets for another run on the page. */
  begin(): void {
    this.count = 0;
    this.step = 0;
    this.why = null;
  }

  /** Gives up continuing, because the user does something else with the run. */
  drop(): void {
    this.why = null;
  }

  /**
   * Takes the run's new session.
   * @returns the changes of the run on the page; the panel's session changes too where it was the same.
   */
  become(run: ShownRun, { session, ancestors, text }: RunSession & { text: string }): Partial<Ran> {
    this.why = text;
    if (run.status === 'ready') return {};
    const panel = useSession.getState();
    const isPanels =
      changesFrom(run.session, panel.session).length === 0 && sameAncestors(run.ancestors, panel.ancestors);
    if (isPanels && !isElsewhere(run)) useSession.setState({ session, ancestors });
    return { session, ancestors, ...(run.askedFor === run.session ? { askedFor: session } : {}) };
  }

  /**
   * Shows why the run continues now.
   * @param step of its last checkpoint.
   * @returns false where it does not continue, or did so too often from there.
   */
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
