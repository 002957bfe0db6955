import { DropdownMenu, Popover } from 'radix-ui';
import { createContext, useContext, type ComponentProps } from 'react';
import './overlays.css';

/**
 * The element that holds menus and popovers: `body`, or the sheet or dialog that they belong to, because a modal one
 * keeps the wheel and the finger from scrolling anything outside it.
 */
export const PopHome = createContext<HTMLElement | null>(null);

const EDGE = 8;

/** A menu's content: never larger than the room there is, and scrolled where that is too little. */
export function Menu({ className = '', ...rest }: ComponentProps<typeof DropdownMenu.Content>) {
  return (
    <DropdownMenu.Portal container={useContext(PopHome)}>
      <DropdownMenu.Content className={`pop menu ${className}`} sideOffset={4} collisionPadding={EDGE} {...rest} />
    </DropdownMenu.Portal>
  );
}

/** A popover's content, in the same way. */
export function Pop({ className = '', ...rest }: ComponentProps<typeof Popover.Content>) {
  return (
    <Popover.Portal container={useContext(PopHome)}>
      <Popover.Content className={`pop ${className}`} sideOffset={4} collisionPadding={EDGE} {...rest} />
    </Popover.Portal>
  );
}
