import { lazy, Suspense } from 'react';
import { usePage } from '../../store/page';
import { PageDialog } from '../kit/page-dialog';
import '../session/task.css';

const Gallery = lazy(() => import('./gallery'));

/** The recorded results, over the page. */
export function GalleryDialog() {
  const show = usePage((state) => state.show);
  return (
    <PageDialog
      title="Gallery"
      closes="Close the gallery"
      onOpenChange={(gallery) => show({ gallery })}
      className="task-about"
    >
      <Suspense fallback={<p className="muted">Loading.</p>}>
        <Gallery />
      </Suspense>
    </PageDialog>
  );
}
