import { useEffect } from 'react';
import { usePage } from '../../store/page';
import { usePreferences } from '../../store/preferences';
import { useSelection } from '../../store/selection';
import { VIEWS } from '../views/registry';
import { stepRun, toggleRun } from './commands';
import { moveStep } from './timeline-steps';

/** The keys that the help lists. */
export const KEYS: readonly { keys: readonly string[]; does: string }[] = [
  { keys: ['Ctrl K', '⌘ K'], does: 'Find a setting, preset, view or action' },
  { keys: ['Space'], does: 'Run, pause or resume' },
  { keys: ['.'], does: 'One step' },
  { keys: ['←', '→'], does: 'The step before or after; with Shift, ten' },
  { keys: ['End'], does: 'Follow the newest step' },
  { keys: ['1', '2', '3', '…'], does: 'Switch the view' },
  { keys: ['['], does: 'Show or hide the session' },
  { keys: ['Esc'], does: 'Close what is open, or follow the newest step again' },
  { keys: ['?'], does: 'This page' },
];

/** Keys that work wherever no widget wants them. */
export function useKeys(): void {
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent): void => {
      if (event.defaultPrevented || event.isComposing) return;
      const { show, palette, help } = usePage.getState();
      if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === 'k') {
        event.preventDefault();
        show({ palette: !palette, help: false });
        return;
      }
      if (event.ctrlKey || event.metaKey || event.altKey || palette || help || isWidget(event.target)) return;
      if (press(event)) event.preventDefault();
    };
    addEventListener('keydown', onKeyDown);
    return () => removeEventListener('keydown', onKeyDown);
  }, []);
}

/** Handles a key. @returns whether it was a shortcut. */
function press({ key, shiftKey, target }: KeyboardEvent): boolean {
  const { show } = usePage.getState();
  // One character by itself is easily said to a computer that listens, or struck by a hand that shakes.
  if (key.length === 1 && !usePreferences.getState().singleKeys) return false;
  const view = VIEWS[Number(key) - 1];
  if (view) {
    show({ view: view.id });
    return true;
  }
  switch (key) {
    case '?':
      show({ help: true });
      return true;
    case ' ':
      // A focused button is pressed by it.
      if (target instanceof HTMLElement && target.closest('button, a, summary')) return false;
      toggleRun();
      return true;
    case '.':
      stepRun();
      return true;
    case 'ArrowLeft':
    case 'ArrowRight':
      moveStep((key === 'ArrowRight' ? 1 : -1) * (shiftKey ? 10 : 1));
      return true;
    case 'End':
      useSelection.getState().follow();
      return true;
    case 'Escape':
      useSelection.getState().clear();
      return true;
    case '[': {
      const { change, sessionOpen } = usePreferences.getState();
      change({ sessionOpen: !sessionOpen });
      return true;
    }
    default:
      return false;
  }
}

/** Fields, menus and dialogs keep their keys. */
const isWidget = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement &&
  target.closest('input, select, textarea, [role=dialog], [role=menu], [role=listbox], [role=slider]') !== null;
