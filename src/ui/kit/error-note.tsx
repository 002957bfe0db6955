import type { ReactNode } from 'react';
import { asSentence } from '../../view/as-sentence';
import { IconButton } from './icon-button';
import { CloseIcon } from './icons';

interface ErrorNoteProps {
  /** What failed, as in “Close the failed search”. */
  what: string;
  /** The message, a sentence or the reason alone. */
  children: ReactNode;
  /** The one button that helps. */
  help?: { label: string; run: () => void; disabled?: boolean };
  /** Takes the note away; absent where what failed is all that the view has. */
  onClose?: () => void;
}

/** Says what failed, with the one button that helps, and can be closed. */
export function ErrorNote({ what, children, help, onClose }: ErrorNoteProps) {
  return (
    <div className="callout error" role="alert">
      <div className="stack spread">
        <p>{typeof children === 'string' ? asSentence(children) : children}</p>
        {help && (
          <p className="button-row">
            <button type="button" className="button" disabled={help.disabled} onClick={help.run}>
              {help.label}
            </button>
          </p>
        )}
      </div>
      {onClose && (
        <IconButton label={`Close the failed ${what}`} onClick={onClose}>
          <CloseIcon />
        </IconButton>
      )}
    </div>
  );
}
