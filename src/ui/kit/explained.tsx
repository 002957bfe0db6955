import type { ReactNode } from 'react';
import { explanation, type ExplainedId } from '../../view/glossary';
import { GlossaryTerm } from './term';

/** A word on the page with its entry of the glossary behind it, by a click or a key. */
export function Explained({ id, children }: { id: ExplainedId; children: ReactNode }) {
  const entry = explanation(id);
  if (!entry) return children;
  return (
    <GlossaryTerm label={entry.label} text={entry.about}>
      {children}
    </GlossaryTerm>
  );
}
