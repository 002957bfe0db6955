interface ChoiceProps<Value extends string> {
  label: string;
  value: Value;
  options: readonly { value: Value; label: string }[];
  disabled?: boolean;
  onChange: (value: Value) => void;
}

/** One of several, with its label before it. */
export function Choice<Value extends string>({ label, value, options, disabled, onChange }: ChoiceProps<Value>) {
  return (
    <label className="choice">
      <span className="choice-label">{label}</span>
      <select
        className="field-input"
        value={value}
        disabled={disabled}
        onChange={({ target }) => {
          const found = options.find((option) => option.value === target.value);
          if (found) onChange(found.value);
        }}
      >
        {options.map((option) => (
          <option key={option.value} value={option.value}>
            {option.label}
          </option>
        ))}
      </select>
    </label>
  );
}
