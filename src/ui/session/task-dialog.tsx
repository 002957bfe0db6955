import { Dialog } from 'radix-ui';
import { lazy, Suspense } from 'react';
import { usePage } from '../../store/page';
import { useSession } from '../../store/session';
import { IconButton } from '../kit/icon-button';
import { CloseIcon } from '../kit/icons';
import { useReturnFocus } from '../kit/use-return-focus';

const TaskAbout = lazy(() => import('./task-about'));

/** What there is to know about the session's task, over the page. */
export function TaskDialog() {
  const task = useSession((state) => state.session.task.name);
  const show = usePage((state) => state.show);
  const returnFocus = useReturnFocus();
  return (
    <Dialog.Root open onOpenChange={(about) => show({ about })}>
      <Dialog.Portal>
        <Dialog.Overlay className="overlay" />
        <Dialog.Content className="dialog task-about" aria-describedby={undefined} onCloseAutoFocus={returnFocus}>
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
