import { zodResolver } from '@hookform/resolvers/zod';
import { screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { useForm } from 'react-hook-form';
import { describe, expect, it, vi } from 'vitest';
import { z } from 'zod';
import { initialValues, readParameters, type ParameterValues } from '@/lib/parameters/schema';
import { renderApp } from '@/lib/testing/render';
import { ParameterFields } from './parameter-fields';
import { useParameterRules } from './use-parameter-rules';

const parameters = readParameters({
  properties: {
    lookback: {
      type: 'integer',
      minimum: 1,
      maximum: 500,
      default: 60,
      title: 'Look-back',
      description: 'Bars back.',
      'x-title-ko': '비교 기간',
      'x-description-ko': '몇 봉 전과 비교합니다.',
      'x-unit': 'bars',
    },
    sizing: {
      type: 'string',
      enum: ['percent', 'amount'],
      default: 'percent',
      title: 'Sizing',
      'x-group': 'sizing',
      'x-enum-titles': { percent: { ko: '비율', en: 'Percent' }, amount: { ko: '금액', en: 'Amount' } },
    },
    amount: {
      type: 'integer',
      minimum: 10_000,
      default: 1_000_000,
      title: 'Amount of money',
      'x-unit': 'won',
      'x-group': 'sizing',
      'x-when': { sizing: ['amount'] },
    },
    stop: { type: 'number', minimum: 0, default: 0, title: 'Stop', 'x-unit': 'percent', 'x-group': 'exits' },
    interval: { type: 'string', enum: ['1d', '1m'], default: '1d', title: 'Interval' },
    adaptive: { type: 'boolean', default: false, title: 'Adaptive' },
  },
});

function TestForm({ onSend }: { onSend: (values: ParameterValues) => void }) {
  const rules = useParameterRules(parameters);
  const form = useForm<{ parameters: ParameterValues }>({
    resolver: zodResolver(z.object({ parameters: rules })),
    defaultValues: { parameters: initialValues(parameters) },
  });
  return (
    <form noValidate onSubmit={form.handleSubmit((values) => onSend(values.parameters))}>
      <ParameterFields
        parameters={parameters}
        control={form.control}
        errors={form.formState.errors.parameters}
      />
      <button type="submit">send</button>
    </form>
  );
}

/** What the tests leave as it is; the amount is hidden and goes along. */
const KEPT = { sizing: 'percent', amount: 1_000_000, stop: 0 };

const send = () => userEvent.click(screen.getByText('send'));

describe('ParameterFields', () => {
  it('makes a labelled field of each property, with help and range', () => {
    renderApp(<TestForm onSend={vi.fn()} />);
    const field = screen.getByLabelText('비교 기간');
    expect(field).toHaveProperty('value', '60');
    expect(document.getElementById(field.getAttribute('aria-describedby') ?? '')?.textContent).toBe(
      '몇 봉 전과 비교합니다. (범위 1–500)',
    );
    expect(screen.getByRole('option', { name: '일봉' })).toHaveProperty('selected', true);
    expect(screen.getByRole('switch', { name: 'Adaptive' }).getAttribute('aria-checked')).toBe('false');
  });

  it('speaks English too', () => {
    renderApp(<TestForm onSend={vi.fn()} />, { locale: 'en' });
    expect(screen.getByLabelText('Look-back')).toBeTruthy();
    expect(screen.getByRole('option', { name: 'Daily' })).toBeTruthy();
  });

  it('sends numbers, words and switches in their own types', async () => {
    const onSend = vi.fn();
    renderApp(<TestForm onSend={onSend} />);
    const field = screen.getByLabelText('비교 기간');
    await userEvent.clear(field);
    await userEvent.type(field, '20');
    await userEvent.selectOptions(screen.getByLabelText('Interval'), '1m');
    await userEvent.click(screen.getByRole('switch'));
    await send();
    await waitFor(() =>
      expect(onSend).toHaveBeenCalledWith({ ...KEPT, lookback: 20, interval: '1m', adaptive: true }),
    );
  });

  it('shows what has an effect, and keeps what it hides', async () => {
    const onSend = vi.fn();
    renderApp(<TestForm onSend={onSend} />);
    expect(screen.queryByLabelText('Amount of money')).toBeNull();
    await userEvent.selectOptions(screen.getByLabelText('Sizing'), '금액');
    const amount = screen.getByLabelText('Amount of money');
    expect(amount).toHaveProperty('value', '1,000,000');
    await userEvent.clear(amount);
    await userEvent.type(amount, '2500000');
    expect(amount).toHaveProperty('value', '2,500,000');
    await userEvent.selectOptions(screen.getByLabelText('Sizing'), '비율');
    await send();
    await waitFor(() => expect(onSend).toHaveBeenCalledWith(expect.objectContaining({ sizing: 'percent', amount: 2_500_000 })));
  });

  it('says plainly what is off', async () => {
    renderApp(<TestForm onSend={vi.fn()} />);
    const exits = within(screen.getByTestId('parameters-exits'));
    expect(exits.getByText('사용 안 함')).toBeTruthy();
    await userEvent.type(exits.getByLabelText('Stop'), '5');
    expect(exits.queryByText('사용 안 함')).toBeNull();
    expect(exits.getByText('%')).toBeTruthy();
  });

  it('refuses a value out of range in words that name the field', async () => {
    const onSend = vi.fn();
    renderApp(<TestForm onSend={onSend} />);
    const field = screen.getByLabelText('비교 기간');
    await userEvent.clear(field);
    await userEvent.type(field, '501');
    await send();
    expect((await screen.findByRole('alert')).textContent).toBe(
      '비교 기간 항목은 1에서 500 사이여야 합니다.',
    );
    expect(field.getAttribute('aria-invalid')).toBe('true');
    expect(onSend).not.toHaveBeenCalled();
  });
});
