import { useState, type ComponentProps } from 'react';
import { Input } from '@/components/ui/field';
import { cn } from '@/lib/cn';

interface NumberInputProps extends Omit<ComponentProps<'input'>, 'value' | 'onChange' | 'type'> {
  value: number | null;
  /** Told of every number one types; null when the field was emptied and may be. */
  onChange: (value: number) => void;
  onEmpty?: () => void;
}

/** A number that is told while one types. What is no number yet stays in the field until it is left. */
export function NumberInput({ value, onChange, onEmpty, className, onBlur, ...props }: NumberInputProps) {
  const [typed, setTyped] = useState<{ text: string; of: number | null } | null>(null);
  // A value that changed elsewhere, as by undo, is shown at once.
  const shown = typed && typed.of === value ? typed.text : (value ?? '');
  return (
    <Input
      {...props}
      type="number"
      inputMode={Number.isInteger(Number(props.step ?? 'any')) ? 'numeric' : 'decimal'}
      step={props.step ?? 'any'}
      value={shown}
      className={cn('tabular', className)}
      onChange={({ target }) => {
        const next = target.valueAsNumber;
        if (!Number.isNaN(next)) {
          setTyped({ text: target.value, of: next });
          onChange(next);
        } else if (target.value === '' && onEmpty && !target.validity.badInput) {
          setTyped(null);
          onEmpty();
        } else setTyped({ text: target.value, of: value });
      }}
      onBlur={(event) => {
        setTyped(null);
        onBlur?.(event);
      }}
    />
  );
}

interface CommitInputProps extends Omit<ComponentProps<'input'>, 'value' | 'onChange'> {
  value: string;
  /** Told when the field is left or Enter is pressed; says whether the text can be taken. */
  onCommit: (text: string) => boolean;
}

/** A text that counts once it is finished, such as a name that others refer to. Escape brings the old one back. */
export function CommitInput({ value, onCommit, ...props }: CommitInputProps) {
  const [typed, setTyped] = useState<string | null>(null);
  const commit = () => {
    if (typed !== null && typed.trim() !== value) onCommit(typed.trim());
    setTyped(null);
  };
  return (
    <Input
      {...props}
      value={typed ?? value}
      spellCheck={false}
      autoCapitalize="off"
      autoComplete="off"
      onChange={({ target }) => setTyped(target.value)}
      onBlur={commit}
      onKeyDown={(event) => {
        if (event.key === 'Enter') {
          event.preventDefault();
          commit();
        } else if (event.key === 'Escape') setTyped(null);
      }}
    />
  );
}

/** A bar to pull beside a field for the same number. */
export function Slider({ className, ...props }: Omit<ComponentProps<'input'>, 'type'>) {
  return <input type="range" className={cn('h-6 w-full min-w-0 cursor-pointer accent-accent disabled:cursor-not-allowed', className)} {...props} />;
}

const TOKEN =
  'min-w-0 max-w-full rounded-md border border-line-strong/60 bg-raised px-1.5 text-[0.9375rem] font-semibold text-ink ' +
  'hover:border-accent focus-visible:outline-2 focus-visible:outline-offset-1 focus-visible:outline-accent ' +
  'disabled:cursor-not-allowed disabled:opacity-70';

/** A word of a sentence that can be exchanged; as wide as the word. */
export function TokenSelect({ className, isWrong, ...props }: ComponentProps<'select'> & { isWrong?: boolean }) {
  return (
    <select
      aria-invalid={isWrong || undefined}
      className={cn(TOKEN, 'h-9 cursor-pointer [field-sizing:content] sm:h-8', isWrong && 'border-danger text-danger', className)}
      {...props}
    />
  );
}

/** A number within a sentence. */
export function TokenNumber(props: NumberInputProps) {
  return <NumberInput {...props} className="h-9 w-24 rounded-md bg-raised px-1.5 text-[0.9375rem] font-semibold sm:h-8" />;
}
