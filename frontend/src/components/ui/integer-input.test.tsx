import { screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { useState } from 'react';
import { describe, expect, it, vi } from 'vitest';
import { renderApp } from '@/lib/testing/render';
import { caretAfter, groupDigits, IntegerInput } from './integer-input';

function TestInput({ onValue }: { onValue: (value: number) => void }) {
  const [value, setValue] = useState(NaN);
  return (
    <IntegerInput
      aria-label="won"
      value={value}
      onChange={(next) => {
        setValue(next);
        onValue(next);
      }}
    />
  );
}

describe('IntegerInput', () => {
  it('groups thousands while one types and reports the number', async () => {
    const onValue = vi.fn();
    renderApp(<TestInput onValue={onValue} />);
    const input = screen.getByLabelText<HTMLInputElement>('won');
    await userEvent.type(input, '1234567원');
    expect(input.value).toBe('1,234,567');
    expect(onValue).toHaveBeenLastCalledWith(1_234_567);
    await userEvent.clear(input);
    expect(onValue).toHaveBeenLastCalledWith(NaN);
  });

  it('keeps the caret behind the digit it was behind', async () => {
    renderApp(<TestInput onValue={vi.fn()} />);
    const input = screen.getByLabelText<HTMLInputElement>('won');
    await userEvent.type(input, '1234');
    await userEvent.type(input, '9', { initialSelectionStart: 1, initialSelectionEnd: 1 });
    expect(input.value).toBe('19,234');
    expect(input.selectionStart).toBe(2);
  });
});

describe('grouping', () => {
  it('groups by thousands', () => {
    expect(['', '1', '123', '1234', '1234567'].map(groupDigits)).toEqual([
      '',
      '1',
      '123',
      '1,234',
      '1,234,567',
    ]);
  });
  it('finds the place after so many digits', () => {
    expect([0, 1, 2, 4].map((count) => caretAfter('1,234', count))).toEqual([0, 1, 3, 5]);
  });
});
