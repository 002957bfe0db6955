import { create } from 'zustand';
import type { DocumentCard, TraceKind } from '../host/browser/api';

/** What the whole page looks at. */
interface SelectionState {
  /** The step somebody took hold of; null follows the newest. */
  step: number | null;
  document: DocumentCard | null;
  /** The text of the query whose completions are looked at, at the held step. */
  query: string | null;
  /** Which of its completions, from 0. */
  completion: number | null;
  /** Whether they were sampled in training or written at an evaluation; null where a link did not say. */
  kind: TraceKind | null;
  holdStep: (step: number) => void;
  follow: () => void;
  selectDocument: (document: DocumentCard | null) => void;
  selectTrace: (trace: { step: number; query: string; kind: TraceKind | null; completion: number | null }) => void;
  /** Looks at no completion any more; the step and the document stay. */
  leaveTrace: () => void;
  clear: () => void;
}

const noTrace = { query: null, completion: null, kind: null };

export const useSelection = create<SelectionState>()((set) => ({
  step: null,
  document: null,
  ...noTrace,
  // Another step has other completions.
  holdStep: (step) => set((state) => (state.step === step ? state : { step, ...noTrace })),
  follow: () => set({ step: null, ...noTrace }),
  selectDocument: (document) => set({ document }),
  selectTrace: (trace) => set(trace),
  leaveTrace: () => set(noTrace),
  clear: () => set({ step: null, document: null, ...noTrace }),
}));
