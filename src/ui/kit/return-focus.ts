import { useState } from 'react';

/**
 * Returns the focus when an overlay without a trigger closes, one opened by a key or by the page's state: to the
 * element that had it before, or to the view where that is gone.
 */
export function useReturnFocus(): (event: Event) => void {
  const [from] = useState(() => document.activeElement);
  return (event) => {
    event.preventDefault();
    focusOr(from);
  };
}

/** Focuses an element, or the view where it is not on the page any more. */
export function focusOr(element: Element | null): void {
  if (element instanceof HTMLElement && element.isConnected && element !== document.body) element.focus();
  else document.getElementById('view')?.focus();
}
