import { create } from 'zustand';
import type { DocumentCard } from '../host/browser/api';

/** What the whole page looks at. */
interface SelectionState {
  /** The step somebody took hold of; null follows the newest. */
  step: number | null;
  document: DocumentCard | null;
  holdStep: (step: number) => void;
  follow: () => void;
  selectDocument: (document: DocumentCard | null) => void;
  clear: () => void;
}

export const useSelection = create<SelectionState>()((set) => ({
  step: null,
  document: null,
  holdStep: (step) => set({ step }),
  follow: () => set({ step: null }),
  selectDocument: (document) => set({ document }),
  clear: () => set({ step: null, document: null }),
}));
