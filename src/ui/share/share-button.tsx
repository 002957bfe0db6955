import { Popover } from 'radix-ui';
import { usePage } from '../../store/page';
import { ShareIcon } from '../kit/icons';
import { Pop } from '../kit/pop';
import { SharePanel } from './share-panel';
import './share.css';

/** The button that opens the link of the session, in a popover. */
export function ShareButton() {
  const open = usePage((state) => state.share);
  const show = usePage((state) => state.show);
  return (
    <Popover.Root open={open} onOpenChange={(share) => show({ share })}>
      <Popover.Trigger className="button">
        <ShareIcon />
        <span className="broad-text">Share</span>
      </Popover.Trigger>
      <Pop className="share" align="end" aria-label="Share">
        <SharePanel />
      </Pop>
    </Popover.Root>
  );
}
