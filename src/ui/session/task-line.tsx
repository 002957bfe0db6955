import { Dialog } from 'radix-ui';
import { lazy, Suspense } from 'react';
import { useSession } from '../../store/session';
import { IconButton } from '../kit/icon-button';
import { CloseIcon } from '../kit/icons';

const TaskAbout = lazy(() => import('./task-about'));

/** Names the session's task and opens what there is to know about it. */
export function TaskLine() {
  const task = useSession((state) => state.session.task.name);
  return (
    <Dialog.Root>
      <p className="task-line">
        <span>
          Task <strong>{task}</strong>
        </span>
        <Dialog.Trigger className="link-button">About this task</Dialog.Trigger>
      </p>
      <Dialog.Portal>
        <Dialog.Overlay className="overlay" />
        <Dialog.Content className="dialog task-about" aria-describedby={undefined}>
          <div className="dialog-head">
            <Dialog.Title>The task {task}</Dialog.Title>
            <Dialog.Close asChild>
              <IconButton label="Close what is said about the task">
                <CloseIcon />
              </IconButton>
            </Dialog.Close>
          </div>
          <Suspense fallback={<p className="muted">Loading.</p>}>
            <TaskAbout task={task} />
          </Suspense>
        </Dialog.Content>
      </Dialog.Portal>
    </Dialog.Root>
  );
}
