interface ProgressProps {
  text: string;
  progress: { done: number; of: number } | null;
  onCancel: () => void;
}

/** The progress of work with a model, in words and as a bar, and a button to cancel it. */
export function Progress({ text, progress, onCancel }: ProgressProps) {
  return (
    <div className="model-adding">
      <p role="status">{text}</p>
      <progress max={1} value={progress && progress.of > 0 ? progress.done / progress.of : 0} aria-label={text} />
      <button type="button" className="button" onClick={onCancel}>
        Cancel
      </button>
    </div>
  );
}
