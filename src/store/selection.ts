import { create } from 'zustand';
import type { DocumentCard, TraceKind } from '../host/browser/api';

/** The step, completion and document that the whole page shows. */
interface SelectionState {
  /** The step that the user chose; null follows the newest. */
  step: number | null;
  document: DocumentCard | null;
  /** The text of the query whose completions are shown, at the chosen step. */
  query: string | null;
  /** The index of the completion that is shown, from 0. */
  completion: number | null;
  /** Whether completions sampled in training or written at an evaluation are shown; null where a link did not say. */
  kind: TraceKind | null;
  holdStep: (step: number) => void;
  follow: () => void;
  selectDocument: (document: DocumentCard | null) => void;
  selectTrace: (trace: { step: number; query: string; kind: TraceKind | null; completion: number | null }) => void;
  /** Chooses no completion; the step and the document stay. */
  leaveTrace: () => void;
  clear: () => void;
}

const noTrace = { query: null, completion: null, kind: null };

/** What the user has chosen to look at, for all views. */
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
