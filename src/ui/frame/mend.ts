import { usePage } from '../../store/page';
import { usePreferences } from '../../store/preferences';
import { NARROW } from '../kit/use-media';
import type { Place } from './commands';

/** Goes to what is to be mended: a setting, whose group is opened, the session as JSON, or a view. */
export function mend(place: Place): void {
  const { show } = usePage.getState();
  if (place.kind === 'view') {
    show({ view: place.view, sheet: false });
    return;
  }
  const { change, openGroups } = usePreferences.getState();
  const isField = place.kind === 'field';
  const group = isField ? (place.path.split('.').length > 1 ? place.path.split('.')[0]! : '') : null;
  change({ sessionOpen: true, ...(group === null ? {} : { openGroups: [...new Set([...openGroups, group])] }) });
  show({ json: !isField, sheet: matchMedia(NARROW).matches, ...(isField ? { wantedField: place.path } : {}) });
}
