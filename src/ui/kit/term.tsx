import { Popover } from 'radix-ui';
import type { ReactNode } from 'react';
import { Pop } from './pop';
import './overlays.css';

interface TermProps {
  /** The term, which is the heading of its explanation. */
  label: string;
  text: ReactNode;
  /** The text on the page. */
  children: ReactNode;
}

/** A word on the page that explains itself, by a click or a key. */
export function GlossaryTerm({ label, text, children }: TermProps) {
  return (
    <Popover.Root>
      <Popover.Trigger className="term">{children}</Popover.Trigger>
      <Pop className="term-pop" aria-label={`What it means: ${label}`} align="start">
        <strong>{label}</strong>
        <p>{text}</p>
      </Pop>
    </Popover.Root>
  );
}
