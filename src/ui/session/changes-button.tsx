import { Popover } from 'radix-ui';
import { useSession } from '../../store/session';
import { changeSentence } from '../../view/session-words';
import { IconButton } from '../kit/icon-button';
import { ResetIcon } from '../kit/icons';
import { Pop } from '../kit/pop';
import { useChanges } from './use-changes';

/** A button with the number of changes from the preset; it opens their list, each with an undo. */
export function ChangesButton() {
  const changes = useChanges();
  const reset = useSession((state) => state.reset);
  const resetAll = useSession((state) => state.resetAll);
  const preset = useSession((state) => (state.ancestors.length > 0 ? 'its parent' : state.preset));
  if (changes.length === 0) return null;
  return (
    <Popover.Root>
      <Popover.Trigger className="button plain changed">changed: {changes.length}</Popover.Trigger>
      <Pop align="start" aria-label="Changed settings">
        <h2>What differs from {preset}</h2>
        <ul className="change-list">
          {changes.map((change) => (
            <li key={change.path}>
              <span>{changeSentence(change)}</span>
              <IconButton label={`Reset ${change.path}`} onClick={() => reset(change.path)}>
                <ResetIcon />
              </IconButton>
            </li>
          ))}
        </ul>
        <button type="button" className="button" onClick={resetAll}>
          Reset all
        </button>
      </Pop>
    </Popover.Root>
  );
}
