import { FIELDS } from '../../config/fields';
import { PRESETS } from '../../config/presets';
import { lab } from '../../store/lab';
import { usePage } from '../../store/page';
import { usePreferences } from '../../store/preferences';
import { isLive, useRun } from '../../store/run';
import { useSelection } from '../../store/selection';
import { useSession } from '../../store/session';
import { runShownNow } from '../../store/shown';
import { streams } from '../../store/streams';
import { fieldName } from '../../view/session-words';
import { forkFromView } from '../frame/fork-from-view';
import { startRun, stepRun } from '../frame/commands';
import { openGuide } from '../guide/guide-acts';
import { VIEWS } from '../views/registry';

export interface Entry {
  id: string;
  kind: 'Action' | 'View' | 'Preset' | 'Setting';
  label: string;
  /** More text that is searched. */
  about: string;
  run: () => void;
}

/** Everything that can be found, as things stand now. */
export function paletteEntries(narrow: boolean): Entry[] {
  const { show } = usePage.getState();
  const { change } = usePreferences.getState();
  const entries: Entry[] = [];
  const add = (kind: Entry['kind'], label: string, about: string, run: () => void): void => {
    entries.push({ id: `${kind}-${label}-${entries.length}`, kind, label, about, run });
  };

  const { status } = useRun.getState();
  if (!isLive(status)) add('Action', 'Run this session', 'start train', startRun);
  if (status === 'running') add('Action', 'Pause', 'hold', () => void lab.pause());
  if (status === 'paused') add('Action', 'Resume', 'go on', () => void lab.unpause());
  if (status === 'running' || status === 'paused') add('Action', 'One step', 'advance', stepRun);
  if (isLive(status)) add('Action', 'Stop the run', 'end', () => void lab.stop());
  const step = useSelection.getState().step ?? (isLive(status) ? 0 : streams.lastStep());
  if (step > 0 && runShownNow()) {
    add('Action', `Fork from step ${step}`, 'branch parent other settings', () => forkFromView(step));
  }
  add('Action', 'Share a link', 'copy url', () => show({ share: true }));
  add('Action', 'Reset every setting to the preset', 'undo changes', useSession.getState().resetAll);
  add('Action', 'Follow the newest step', 'timeline', useSelection.getState().follow);
  add('Action', 'Show the session as JSON', 'edit text', () => {
    change({ sessionOpen: true });
    show({ json: true, sheet: narrow });
  });
  add('Action', 'About this task', 'what it is, how it could be cheated, what was measured', () =>
    show({ about: true }),
  );
  add('Action', 'Gallery', 'recorded results links verify figures', () => show({ gallery: true }));
  add('Action', 'Show the keys', 'help shortcuts', () => show({ help: true }));
  add('Action', 'Guided first run', 'tour hints start tutorial', openGuide);
  for (const theme of ['auto', 'light', 'dark'] as const) {
    add('Action', `Theme: ${theme}`, 'appearance colours', () => change({ theme }));
  }
  for (const { id, label, about } of VIEWS) add('View', label, about, () => show({ view: id }));
  for (const { name, title, summary } of PRESETS) {
    add('Preset', title, `${name} ${summary}`, () => useSession.getState().loadPreset(name));
  }
  for (const { path, group, meaning } of FIELDS) {
    if (path === 'title') continue;
    add('Setting', fieldName(path), `${path} ${meaning}`, () => {
      const { openGroups } = usePreferences.getState();
      change({ sessionOpen: true, openGroups: [...new Set([...openGroups, group])] });
      show({ json: false, sheet: narrow, wantedField: path });
    });
  }
  return entries;
}
