import { lazy, Suspense } from 'react';
import { useDevice } from '../../store/device';
import { usePage } from '../../store/page';
import { usePreferences } from '../../store/preferences';
import { KEYS } from '../frame/keys';
import { GuideButton } from '../guide/guide-button';
import { PageDialog } from '../kit/page-dialog';
import './palette.css';

const Glossary = lazy(() => import('./glossary'));

const PAPER = 'https://arxiv.org/abs/2510.07048';

/** The help dialog: where to begin, the keys, and the glossary. */
export function Help() {
  const show = usePage((state) => state.show);
  const change = usePreferences((state) => state.change);
  const singleKeys = usePreferences((state) => state.singleKeys);
  const missing = useDevice((state) => state.kind === 'missing');
  return (
    <PageDialog title="Help" closes="Close the help" onOpenChange={(help) => show({ help })}>
      <p>
        This lab trains a small transformer in your browser, on its graphics card. Before it embeds a query, the model
        may write its reasoning; the curves compare how well it then finds the right document with how well it does
        without. Change a setting on the left, run again, and send the link.
      </p>
      {missing && (
        <p className="callout warn">
          <span>
            This browser offers no WebGPU, which training needs.{' '}
            <button type="button" className="link-button" onClick={() => show({ help: false, view: 'device' })}>
              What to do, and what works all the same
            </button>
          </span>
        </p>
      )}
      <ul className="help-links">
        <li>
          <a href="./tutorial/" target="_blank" rel="noreferrer">
            Tutorial
          </a>
          : from the first click to a run on your own documents that others can verify.
        </li>
        <li>
          <button
            type="button"
            className="link-button"
            aria-haspopup="dialog"
            onClick={() => show({ help: false, gallery: true })}
          >
            Gallery
          </button>
          : recorded results, each a link that runs again here and says whether the same came out.
        </li>
        <li>
          <a href={PAPER} target="_blank" rel="noreferrer">
            Search-R3, the paper
          </a>{' '}
          (arXiv 2510.07048): the method that this lab makes small enough to watch.
        </li>
        {REPOSITORY !== null && (
          <li>
            <a href={REPOSITORY} target="_blank" rel="noreferrer">
              The source
            </a>
            : everything on this page, its tests and what was measured.
          </li>
        )}
      </ul>
      {!missing && <GuideButton />}
      <Suspense fallback={<p className="muted">Loading the glossary.</p>}>
        <Glossary />
      </Suspense>
      <section className="stack" aria-labelledby="keys">
        <h3 id="keys">Keys</h3>
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
      </section>
    </PageDialog>
  );
}
