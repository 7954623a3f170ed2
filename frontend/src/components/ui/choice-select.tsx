import { Select } from './field';

interface ChoiceSelectProps<T extends string> {
  label: string;
  /** The words for no choice at all; without them one of the options is always chosen. */
  all?: string;
  value: T | undefined;
  options: readonly T[];
  text: (option: T) => string;
  onChange: (value: T | undefined) => void;
  testId?: string;
}

/** Narrows a list to one of a few values. */
export function ChoiceSelect<T extends string>(props: ChoiceSelectProps<T>) {
  const { label, all, value, options, text, onChange, testId } = props;
  return (
    <Select
      aria-label={label}
      value={value ?? ''}
      data-testid={testId}
      onChange={({ target }) => onChange(options.find((option) => option === target.value))}
    >
      {all !== undefined && <option value="">{all}</option>}
      {options.map((option) => (
        <option key={option} value={option}>
          {text(option)}
        </option>
      ))}
    </Select>
  );
}
