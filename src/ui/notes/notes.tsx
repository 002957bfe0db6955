import { Popover } from 'radix-ui';
import { useEffect, useRef, useState } from 'react';
import { usePage } from '../../store/page';
import { usePreferences, type NoteId } from '../../store/preferences';
import { useRecords } from '../../store/records';
import { useRun } from '../../store/run';
import { useSelection } from '../../store/selection';
import { useRunShown } from '../../store/shown';
import { streams } from '../../store/streams';
import { isAbove, withoutReasoning } from '../../view/arms';
import { NARROW, useMedia } from '../kit/use-media';
import { useTick } from '../kit/use-tick';

interface Note {
  id: NoteId;
  /** The `data-note-target` of what it points at. */
  target: string;
  text: string;
  /** Whether it is interesting now. */
  when: () => boolean;
}

const LOOK_MS = 300;

const NOTES: readonly Note[] = [
  {
    id: 'curves',
    target: 'curves',
    text: 'The curves part here: with its reasoning the model finds documents that it does not find without.',
    when: () => usePage.getState().view === 'run' && parted(),
  },
  {
    id: 'search',
    target: 'view-search',
    text: 'The model can be asked now: see what it writes before it searches.',
    when: () => usePage.getState().view !== 'search' && parted(),
  },
  {
    id: 'traces',
    target: 'view-traces',
    text: 'Every completion is kept: read what the model wrote, and where in it the right document came into reach.',
    when: () =>
      usePage.getState().view !== 'traces' &&
      useRecords.getState().traces.length + useRecords.getState().dev.length > 0 &&
      parted(),
  },
  {
    id: 'graph',
    target: 'view-graph',
    text: 'Stage 2 refreshes a graph of the documents at every update: see what it re-encoded and linked anew.',
    when: () => usePage.getState().view !== 'graph' && useRecords.getState().graph.length > 0,
  },
  {
    id: 'share',
    target: 'share',
    text: 'This link holds the whole session and its result. Whoever opens it can run it and compare.',
    when: () => useRun.getState().status === 'finished',
  },
];

function parted(): boolean {
  const arms = streams.evaluations.at(-1)?.arms;
  const other = arms && withoutReasoning(arms);
  return arms?.reasoning !== undefined && other !== undefined && isAbove(arms.reasoning, other);
}

/** One note at a time, when it becomes interesting; dismissed, it does not come back unless called. */
export function Notes() {
  useTick();
  const seen = usePreferences((state) => state.seenNotes);
  // Read for their changes: what is interesting depends on them.
  usePage((state) => state.view);
  useRun((state) => state.status);
  useRecords((state) => state.graph.length > 0);
  const covered = usePage((state) => state.palette || state.help || state.share || state.sheet);
  const shown = useRunShown();
  const note = covered || !shown ? undefined : NOTES.find(({ id, when }) => !seen.includes(id) && when());
  return note ? <NoteBubble key={note.id} note={note} /> : null;
}

function NoteBubble({ note }: { note: Note }) {
  const change = usePreferences((state) => state.change);
  const anchor = useRef<Element>(document.body);
  const narrow = useMedia(NARROW);
  // Beside the rail, never on it: its other buttons stay free. On a narrow page the rail lies at the bottom.
  const side = note.target.startsWith('view-') ? (narrow ? 'top' : 'right') : 'bottom';
  const [isThere, setThere] = useState(true);
  // What it points at may go, with another chart or view, and come back: nothing tells of that.
  useEffect(() => {
    const look = (): void => {
      const target = document.querySelector(`[data-note-target="${note.target}"]`);
      anchor.current = target ?? document.body;
      setThere(target !== null);
    };
    look();
    const timer = setInterval(look, LOOK_MS);
    return () => clearInterval(timer);
  }, [note.target]);
  const dismiss = (): void => {
    const { seenNotes } = usePreferences.getState();
    change({ seenNotes: [...seenNotes, note.id] });
  };
  if (!isThere) return null;
  return (
    <Popover.Root open>
      <Popover.Anchor virtualRef={anchor} />
      <Popover.Portal>
        <Popover.Content
          className="note"
          role="region"
          aria-label="Note"
          side={side}
          align={side === 'right' ? 'start' : 'center'}
          collisionPadding={8}
          sideOffset={side === 'bottom' ? -4 : 4}
          // A note stands beside what is open: Escape closes both, where it would otherwise end here.
          onEscapeKeyDown={() => {
            dismiss();
            useSelection.getState().clear();
          }}
          onOpenAutoFocus={(event) => event.preventDefault()}
          onCloseAutoFocus={(event) => event.preventDefault()}
        >
          <p>{note.text}</p>
          <button type="button" className="button" onClick={dismiss}>
            Got it
          </button>
          <Popover.Arrow className="note-arrow" />
        </Popover.Content>
      </Popover.Portal>
    </Popover.Root>
  );
}
