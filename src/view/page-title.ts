import { withoutDirections } from '../lib/bidi';
import { formatPercent } from './format';

type Status = 'ready' | 'preparing' | 'running' | 'paused' | 'finished' | 'stopped' | 'failed' | 'interrupted';

const PAGE = 'Search-R3 Lab';

/**
 * The title of the page's tab: `63 % Kin, quick · Search-R3 Lab` while it runs, `Finished: Kin, quick · …` afterwards.
 * @param name of the run on the page; null where there is none
 * @param share of its steps that are done
 */
export function pageTitle(status: Status, name: string | null, share: number): string {
  if (status === 'ready' || name === null) return PAGE;
  const plain = withoutDirections(name);
  if (status === 'running') return `${formatPercent(Math.floor(share * 100) / 100)} ${plain} · ${PAGE}`;
  return `${status.charAt(0).toUpperCase()}${status.slice(1)}: ${plain} · ${PAGE}`;
}
