import { Search } from 'lucide-react';
import { useEffect, useState } from 'react';
import { useDebounced } from '@/lib/hooks/use-debounced';
import { Input } from './field';

interface SearchFieldProps {
  label: string;
  value: string;
  /** Told once typing pauses. */
  onChange: (text: string) => void;
  testId?: string;
}

const TYPING_PAUSE_MS = 250;

/** Narrows a list while one types, without asking the server for every letter. */
export function SearchField({ label, value, onChange, testId }: SearchFieldProps) {
  const [text, setText] = useState(value);
  const settled = useDebounced(text.trim(), TYPING_PAUSE_MS);
  const [seen, setSeen] = useState(value);
  if (value !== seen) {
    setSeen(value);
    // Not what was typed here: somebody else changed it, such as a button that shows everything again.
    if (value !== settled) setText(value);
  }
  useEffect(() => {
    if (settled !== value) onChange(settled);
    // Only typing tells; a changed value must not tell itself again.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [settled]);
  return (
    <span className="relative">
      <Search
        aria-hidden
        className="pointer-events-none absolute top-1/2 left-3 size-4 -translate-y-1/2 text-ink-faint"
      />
      <Input
        type="search"
        aria-label={label}
        placeholder={label}
        value={text}
        onChange={(event) => setText(event.target.value)}
        className="pl-9"
        data-testid={testId}
      />
    </span>
  );
}
