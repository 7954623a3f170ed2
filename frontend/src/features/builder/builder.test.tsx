import { screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { useState } from 'react';
import { describe, expect, it } from 'vitest';
import type { Blocks } from '@/lib/api/types';
import { renderApp } from '@/lib/testing/render';
import { readRules } from './document/read';
import { CommitInput, NumberInput } from './fields';
import { BuilderContext, type Builder } from './state/context';
import { draftOf } from './state/start';
import { useWords } from './state/use-words';
import { ConditionsStep } from './steps/conditions-step';

const word = (id: string, ko: string, en: string) => ({ id, title: { ko, en } });
const BLOCKS: Blocks = {
  indicators: [],
  candlesticks: [],
  price_fields: [word('close', '종가', 'Close'), word('open', '시가', 'Open')],
  operators: [word('greater_than', '초과', 'is above'), word('less_than', '미만', 'is below'), word('cross_above', '상향 돌파', 'crosses above')],
  presets: [],
};

const TEXT = `strategy:
  id: t
  entry:
    logic: AND
    conditions:
      - indicator: close # the last price
        operator: greater_than
        compare_to: open
  exit:
    logic: OR
    conditions: []
`;

/** The smallest builder: a text, and a form that edits it. */
function Stand({ onText }: { onText: (text: string) => void }) {
  const [text, setText] = useState(TEXT);
  const reading = readRules(text);
  if (!reading.ok) throw new Error(reading.message);
  const words = useWords(BLOCKS, reading.rules, {}, true);
  const builder: Builder = {
    draft: draftOf(text, 't'),
    rules: reading.rules,
    blocks: BLOCKS,
    words,
    disabled: false,
    findings: [],
    change: () => undefined,
    edit: (change) => {
      const next = change(text);
      setText(next);
      onText(next);
    },
  };
  return (
    <BuilderContext value={builder}>
      <ConditionsStep group="entry" />
    </BuilderContext>
  );
}

function show(locale: 'ko' | 'en' = 'ko') {
  let text = TEXT;
  renderApp(<Stand onText={(next) => (text = next)} />, { locale });
  return () => text;
}

describe('conditions', () => {
  it('read as sentences in the reader’s language', () => {
    show();
    expect(screen.getByRole('group', { name: '종가가 시가 초과' })).toBeTruthy();
  });

  it('read as English sentences too', () => {
    show('en');
    expect(screen.getByRole('group', { name: 'Close is above Open' })).toBeTruthy();
  });

  it('are changed word by word, and the text with them', async () => {
    const text = show();
    await userEvent.selectOptions(screen.getByTestId('condition-operator'), 'less_than');
    await userEvent.selectOptions(screen.getByTestId('condition-right'), 'number');
    await userEvent.clear(screen.getByTestId('condition-number'));
    await userEvent.type(screen.getByTestId('condition-number'), '12.5');
    expect(text()).toContain('operator: less_than\n        compare_to: 12.5\n');
    expect(text()).toContain('indicator: close # the last price');
    expect(screen.getByRole('group', { name: '종가가 12.5 미만' })).toBeTruthy();
  });

  it('are added, joined, moved and removed', async () => {
    const text = show();
    expect(screen.queryByTestId('logic-OR')).toBeNull();
    await userEvent.click(screen.getByTestId('condition-duplicate'));
    await userEvent.selectOptions(screen.getAllByTestId('condition-operator')[1] as HTMLElement, 'less_than');
    await userEvent.click(screen.getByTestId('logic-OR'));
    expect(text()).toContain('logic: OR\n    conditions:');
    await userEvent.click(screen.getAllByTestId('condition-up')[1] as HTMLElement);
    expect(text()).toMatch(/less_than[\s\S]*greater_than/);
    await userEvent.click(screen.getAllByTestId('condition-remove')[0] as HTMLElement);
    expect(screen.getAllByTestId('condition-row')).toHaveLength(1);
  });
});

describe('a number field', () => {
  it('keeps what is no number yet, and shows a value that changed elsewhere', async () => {
    const told: number[] = [];
    function Host() {
      const [value, setValue] = useState(5);
      const take = (next: number) => {
        told.push(next);
        setValue(next);
      };
      return (
        <>
          <NumberInput aria-label="n" value={value} onChange={take} />
          <button type="button" onClick={() => setValue(9)}>
            undo
          </button>
        </>
      );
    }
    renderApp(<Host />);
    const field = screen.getByLabelText<HTMLInputElement>('n');
    await userEvent.clear(field);
    expect([field.value, told]).toEqual(['', []]);
    await userEvent.type(field, '7');
    expect([field.value, told]).toEqual(['7', [7]]);
    await userEvent.click(screen.getByText('undo'));
    expect(field.value).toBe('9');
  });
});

describe('a name field', () => {
  it('tells a finished name only, and none after Escape', async () => {
    const told: string[] = [];
    renderApp(<CommitInput aria-label="n" value="fast" onCommit={(text) => told.push(text) > 0} />);
    const field = screen.getByLabelText<HTMLInputElement>('n');
    await userEvent.type(field, 'er{Escape}');
    await userEvent.tab();
    expect([field.value, told]).toEqual(['fast', []]);
    await userEvent.type(field, 'er{Enter}');
    expect(told).toEqual(['faster']);
  });
});
