import { useLayoutEffect, useRef, type ComponentProps } from 'react';
import { Input } from './field';

interface IntegerInputProps extends Omit<ComponentProps<'input'>, 'value' | 'onChange' | 'ref'> {
  /** NaN while the field is empty. */
  value: number;
  onChange: (value: number) => void;
  inputRef?: (element: HTMLInputElement | null) => void;
}

const MOST_DIGITS = 15;

export function groupDigits(digits: string): string {
  return digits.replace(/\B(?=(\d{3})+(?!\d))/g, ',');
}

/** Where the caret stands after `count` digits of a grouped number. */
export function caretAfter(grouped: string, count: number): number {
  let seen = 0;
  for (let index = 0; index < grouped.length; index += 1) {
    if (seen === count) return index;
    if (grouped[index] !== ',') seen += 1;
  }
  return grouped.length;
}

/** A field for won and shares that groups thousands while one types. */
export function IntegerInput({ value, onChange, inputRef, ...props }: IntegerInputProps) {
  const element = useRef<HTMLInputElement | null>(null);
  const caret = useRef<number | null>(null);
  const shown = Number.isNaN(value) ? '' : groupDigits(String(value));

  // Grouping moves characters; the caret has to stay behind the digit it was behind.
  useLayoutEffect(() => {
    if (caret.current === null) return;
    const position = caretAfter(shown, caret.current);
    element.current?.setSelectionRange(position, position);
    caret.current = null;
  });

  return (
    <Input
      {...props}
      ref={(node) => {
        element.current = node;
        inputRef?.(node);
      }}
      type="text"
      inputMode="numeric"
      autoComplete="off"
      value={shown}
      onChange={({ target }) => {
        const before = target.value.slice(0, target.selectionStart ?? target.value.length);
        caret.current = before.replace(/\D/g, '').length;
        const digits = target.value.replace(/\D/g, '').slice(0, MOST_DIGITS);
        onChange(digits === '' ? NaN : Number(digits));
      }}
    />
  );
}
