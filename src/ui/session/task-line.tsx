import { usePage } from '../../store/page';
import { useSession } from '../../store/session';

/** Names the session's task and opens what there is to know about it. */
export function TaskLine() {
  const task = useSession((state) => state.session.task.name);
  const show = usePage((state) => state.show);
  return (
    <p className="task-line">
      <span>
        Task <strong>{task}</strong>
      </span>
      <button type="button" className="link-button" aria-haspopup="dialog" onClick={() => show({ about: true })}>
        About this task
      </button>
    </p>
  );
}
