import { lazy, Suspense } from 'react';
import { usePage } from '../../store/page';
import { useSession } from '../../store/session';
import { PageDialog } from '../kit/page-dialog';
import './task.css';

const TaskAbout = lazy(() => import('./task-about'));

/** A dialog over the page that describes the session's task. */
export function TaskDialog() {
  const task = useSession((state) => state.session.task.name);
  const show = usePage((state) => state.show);
  return (
    <PageDialog
      title={`The task ${task}`}
      closes="Close what is said about the task"
      onOpenChange={(about) => show({ about })}
      className="task-about"
    >
      <Suspense fallback={<p className="muted">Loading.</p>}>
        <TaskAbout task={task} />
      </Suspense>
    </PageDialog>
  );
}
