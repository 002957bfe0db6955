import { usePage } from '../../store/page';
import { usePreferences } from '../../store/preferences';
import { KEYS } from '../frame/keys';
import { PageDialog } from '../kit/page-dialog';

export function Help() {
  const show = usePage((state) => state.show);
  const change = usePreferences((state) => state.change);
  const singleKeys = usePreferences((state) => state.singleKeys);
  return (
    <PageDialog title="Help" closes="Close the help" onOpenChange={(help) => show({ help })}>
      <p>
        This lab trains a small transformer in your browser, on its graphics card. Before it embeds a query, the model
        may write its reasoning; the curves compare how well it then finds the right document with how well it does
        without. Change a setting on the left, run again, and send the link.
      </p>
      <table className="keys">
        <caption className="hidden-text">Keys</caption>
        <tbody>
          {KEYS.map(({ keys, does }) => (
            <tr key={does}>
              <th scope="row">
                {keys.map((key) => (
                  <kbd key={key}>{key}</kbd>
                ))}
              </th>
              <td>{does}</td>
            </tr>
          ))}
        </tbody>
      </table>
      <label className="switch">
        <input
          type="checkbox"
          role="switch"
          checked={singleKeys}
          onChange={(event) => change({ singleKeys: event.target.checked })}
        />
        Keys of one character, such as Space and 1, work
      </label>
      <div>
        <button
          type="button"
          className="button"
          onClick={() => {
            change({ seenNotes: [] });
            show({ help: false });
          }}
        >
          Show the notes again
        </button>
      </div>
    </PageDialog>
  );
}
