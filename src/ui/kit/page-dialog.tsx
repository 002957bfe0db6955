import { Dialog } from 'radix-ui';
import { useState, type ReactNode } from 'react';
import { IconButton } from './icon-button';
import { CloseIcon } from './icons';
import { PopHome } from './pop';
import { useReturnFocus } from './return-focus';
import './overlays.css';

interface PageDialogProps {
  title: string;
  /** Label of its close button. */
  closes: string;
  onOpenChange: (open: boolean) => void;
  className?: string;
  children: ReactNode;
}

/** A dialog over the page that the page's state opens; when it closes, the focus returns to where it was. */
export function PageDialog({ title, closes, onOpenChange, className = '', children }: PageDialogProps) {
  const returnFocus = useReturnFocus();
  const [home, setHome] = useState<HTMLElement | null>(null);
  return (
    <Dialog.Root open onOpenChange={onOpenChange}>
      <Dialog.Portal>
        <Dialog.Overlay className="overlay" />
        <Dialog.Content
          ref={setHome}
          className={`dialog ${className}`}
          aria-describedby={undefined}
          onCloseAutoFocus={returnFocus}
        >
          <div className="dialog-head">
            <Dialog.Title>{title}</Dialog.Title>
            <Dialog.Close asChild>
              <IconButton label={closes}>
                <CloseIcon />
              </IconButton>
            </Dialog.Close>
          </div>
          <PopHome value={home}>{children}</PopHome>
        </Dialog.Content>
      </Dialog.Portal>
    </Dialog.Root>
  );
}
