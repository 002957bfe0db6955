import { Dialog } from 'radix-ui';
import { usePage } from '../../store/page';
import { usePreferences } from '../../store/preferences';
import { KEYS } from '../frame/keys';
import { IconButton } from '../kit/icon-button';
import { CloseIcon } from '../kit/icons';
import { useReturnFocus } from '../kit/use-return-focus';

export function Help() {
  const show = usePage((state) => state.show);
  const change = usePreferences((state) => state.change);
  const returnFocus = useReturnFocus();
  return (
    <Dialog.Root open onOpenChange={(help) => show({ help })}>
      <Dialog.Portal>
        <Dialog.Overlay className="overlay" />
        <Dialog.Content className="dialog" aria-describedby={undefined} onCloseAutoFocus={returnFocus}>
          <div className="dialog-head">
            <Dialog.Title>Help</Dialog.Title>
            <Dialog.Close asChild>
              <IconButton label="Close the help">
                <CloseIcon />
              </IconButton>
            </Dialog.Close>
          </div>
          <p>
            This lab trains a small transformer in your browser, on its graphics card. Before it embeds a query, the
            model may write its reasoning; the curves compare how well it then finds the right document with how well it
            does without. Change a setting on the left, run again, and send the link.
          </p>
          <table className="keys">
            <caption className="hidden-text">Keys</caption>
            <tbody>
              {KEYS.map(({ keys, does }) => (
                <tr key={does}>
                  <th scope="row">
                    {keys.map((key) => (
                      <kbd key={key}>{key}</kbd>
                    ))}
                  </th>
                  <td>{does}</td>
                </tr>
              ))}
            </tbody>
          </table>
          <div>
            <button
              type="button"
              className="button"
              onClick={() => {
                change({ seenNotes: [] });
                show({ help: false });
              }}
            >
              Show the notes again
            </button>
          </div>
        </Dialog.Content>
      </Dialog.Portal>
    </Dialog.Root>
  );
}
