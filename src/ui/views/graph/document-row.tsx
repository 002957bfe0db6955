import type { ReactNode } from 'react';
import { useSelection } from '../../../store/selection';
import { openDocument } from './plane-controller';

/** A document in a list beside the plane: it opens its card, and is marked while that is open. */
export function DocumentRow({ document, children }: { document: number; children: ReactNode }) {
  const isOpen = useSelection((state) => state.document?.document === document);
  return (
    <button type="button" className="list-row" aria-pressed={isOpen} onClick={() => openDocument(document)}>
      {children}
    </button>
  );
}
