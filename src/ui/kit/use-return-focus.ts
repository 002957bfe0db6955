import { useState } from 'react';

/** For a dialog that no trigger of its own opens: what had the focus gets it back. @returns its `onCloseAutoFocus`. */
export function useReturnFocus(): (event: Event) => void {
  const [from] = useState(() => document.activeElement);
  return (event) => {
    event.preventDefault();
    if (from instanceof HTMLElement) from.focus();
  };
}
