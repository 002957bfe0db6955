import { GUIDE_STEPS } from '../../store/guide';
import { usePreferences } from '../../store/preferences';
import { openGuide } from './guide-acts';
import { GUIDE_TITLES } from './guide-words';

/** Calls the guided first run back. */
export function GuideButton() {
  const step = usePreferences((state) => state.guideStep);
  const at = GUIDE_STEPS.findIndex((one) => one === step);
  return (
    <div className="button-row">
      <button type="button" className="button" onClick={openGuide}>
        {at > 0
          ? `Go on with the guided first run: ${at + 1} of ${GUIDE_STEPS.length}, ${GUIDE_TITLES[step]}`
          : 'Start the guided first run'}
      </button>
    </div>
  );
}
