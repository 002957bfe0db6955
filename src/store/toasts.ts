import { create } from 'zustand';

export interface Toast {
  id: number;
  text: string;
  action?: { label: string; run: () => void };
}

interface ToastState {
  toasts: readonly Toast[];
  say: (text: string, action?: Toast['action']) => void;
  dismiss: (id: number) => void;
}

let last = 0;

/** Short messages that need no answer; the newest two stay. */
export const useToasts = create<ToastState>()((set, get) => ({
  toasts: [],
  say: (text, action) => {
    last += 1;
    set({ toasts: [...get().toasts.slice(-1), { id: last, text, ...(action ? { action } : {}) }] });
  },
  dismiss: (id) => set({ toasts: get().toasts.filter((toast) => toast.id !== id) }),
}));

export const sayUndo = (text: string, undo: () => void): void =>
  useToasts.getState().say(text, { label: 'Undo', run: undo });
