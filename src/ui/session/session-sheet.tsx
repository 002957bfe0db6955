import { Dialog } from 'radix-ui';
import { useState } from 'react';
import { usePage } from '../../store/page';
import { IconButton } from '../kit/icon-button';
import { CloseIcon } from '../kit/icons';
import { PopHome } from '../kit/pop';
import { useReturnFocus } from '../kit/return-focus';
import { ChangesButton } from './changes-button';
import { PresetPicker } from './preset-picker';
import { SessionForm } from './session-form';
import '../kit/overlays.css';
import './session.css';

/** The session on a narrow page. */
export function SessionSheet() {
  const open = usePage((state) => state.sheet);
  return open ? <Sheet /> : null;
}

function Sheet() {
  const show = usePage((state) => state.show);
  const returnFocus = useReturnFocus();
  const [home, setHome] = useState<HTMLElement | null>(null);
  return (
    <Dialog.Root open onOpenChange={(sheet) => show({ sheet })}>
      <Dialog.Portal>
        <Dialog.Overlay className="overlay" />
        <Dialog.Content ref={setHome} className="sheet" aria-describedby={undefined} onCloseAutoFocus={returnFocus}>
          <PopHome value={home}>
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
          </PopHome>
        </Dialog.Content>
      </Dialog.Portal>
    </Dialog.Root>
  );
}
