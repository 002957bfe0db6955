import { Dialog } from 'radix-ui';
import { usePage } from '../../store/page';
import { IconButton } from '../kit/icon-button';
import { CloseIcon } from '../kit/icons';
import { ChangesButton } from './changes-button';
import { PresetPicker } from './preset-picker';
import { SessionForm } from './session-form';

/** The session on a narrow page. */
export function SessionSheet() {
  const open = usePage((state) => state.sheet);
  const show = usePage((state) => state.show);
  return (
    <Dialog.Root open={open} onOpenChange={(sheet) => show({ sheet })}>
      <Dialog.Portal>
        <Dialog.Overlay className="overlay" />
        <Dialog.Content className="sheet" aria-describedby={undefined}>
          <div className="sheet-head">
            <Dialog.Title className="hidden-text">Session</Dialog.Title>
            <PresetPicker />
            <ChangesButton />
            <span className="spacer" />
            <Dialog.Close asChild>
              <IconButton label="Close the session">
                <CloseIcon />
              </IconButton>
            </Dialog.Close>
          </div>
          <SessionForm />
        </Dialog.Content>
      </Dialog.Portal>
    </Dialog.Root>
  );
}
