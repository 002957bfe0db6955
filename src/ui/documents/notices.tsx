import type { CollectionPreview } from '../../host/browser/api';

/** Notices of a collection: what was read differently from how it is written, and what could not be read. */
export function Notices({ preview: { notices, unreadable } }: { preview: CollectionPreview }) {
  if (notices.length + unreadable.length === 0) return null;
  return (
    <ul className="collection-notices">
      {unreadable.map(({ split, reason }) => (
        <li key={split}>
          <strong>{split} is not read:</strong> {reason}.
        </li>
      ))}
      {notices.map((notice) => (
        <li key={notice} className="muted">
          {notice}
        </li>
      ))}
    </ul>
  );
}
