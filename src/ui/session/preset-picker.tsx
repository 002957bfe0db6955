import { DropdownMenu } from 'radix-ui';
import { PRESETS } from '../../config/presets';
import { useSession } from '../../store/session';
import { DownIcon } from '../kit/icons';

export function PresetPicker() {
  const preset = useSession((state) => state.preset);
  const load = useSession((state) => state.loadPreset);
  return (
    <DropdownMenu.Root modal={false}>
      <DropdownMenu.Trigger className="button plain" aria-label={`Preset: ${preset}`}>
        {preset}
        <DownIcon />
      </DropdownMenu.Trigger>
      <DropdownMenu.Portal>
        <DropdownMenu.Content className="pop menu" align="start" sideOffset={4}>
          <DropdownMenu.Label className="menu-label">Load a preset</DropdownMenu.Label>
          <DropdownMenu.RadioGroup value={preset}>
            {PRESETS.map(({ name, title, summary }) => (
              <DropdownMenu.RadioItem key={name} value={name} className="menu-item" onSelect={() => load(name)}>
                <span className="menu-check" aria-hidden="true">
                  <DropdownMenu.ItemIndicator>✓</DropdownMenu.ItemIndicator>
                </span>
                <span>
                  <strong>{title}</strong>
                  <span className="muted"> {name}</span>
                  <br />
                  {summary}
                </span>
              </DropdownMenu.RadioItem>
            ))}
          </DropdownMenu.RadioGroup>
        </DropdownMenu.Content>
      </DropdownMenu.Portal>
    </DropdownMenu.Root>
  );
}
