import { useEffect } from 'react';
import { useToasts, type Toast } from '../../store/toasts';
import { IconButton } from '../kit/icon-button';
import { CloseIcon } from '../kit/icons';
import './toasts.css';

const STAYS_MS = 12_000;

/** The short messages at the page's edge. */
export function Toasts() {
  const toasts = useToasts((state) => state.toasts);
  return (
    <div className="toasts" role="status">
      {toasts.map((toast) => (
        <ToastRow key={toast.id} toast={toast} />
      ))}
    </div>
  );
}

function ToastRow({ toast }: { toast: Toast }) {
  const dismiss = useToasts((state) => state.dismiss);
  useEffect(() => {
    const timer = setTimeout(() => dismiss(toast.id), STAYS_MS);
    return () => clearTimeout(timer);
  }, [toast.id, dismiss]);
  const { action } = toast;
  return (
    <div className="toast">
      <span>{toast.text}</span>
      {action && (
        <button
          type="button"
          className="button"
          onClick={() => {
            action.run();
            dismiss(toast.id);
          }}
        >
          {action.label}
        </button>
      )}
      <IconButton label="Dismiss" onClick={() => dismiss(toast.id)}>
        <CloseIcon />
      </IconButton>
    </div>
  );
}
