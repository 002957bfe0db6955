import { DropdownMenu } from 'radix-ui';
import { PRESETS } from '../../config/presets';
import { useSession } from '../../store/session';
import { DownIcon } from '../kit/icons';
import { Menu } from '../kit/pop';

/** @param label said before the preset's name. */
export function PresetPicker({ label = '' }: { label?: string }) {
  const preset = useSession((state) => state.preset);
  const load = useSession((state) => state.loadPreset);
  return (
    <DropdownMenu.Root modal={false}>
      <DropdownMenu.Trigger className={label ? 'button' : 'button plain'} aria-label={`Preset: ${preset}`}>
        {label}
        {preset}
        <DownIcon />
      </DropdownMenu.Trigger>
      <Menu align="start">
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
      </Menu>
    </DropdownMenu.Root>
  );
}
