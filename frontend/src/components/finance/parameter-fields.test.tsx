import { zodResolver } from '@hookform/resolvers/zod';
import { screen, waitFor } from '@testing-library/react';
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
      expect(onSend).toHaveBeenCalledWith({ lookback: 20, interval: '1m', adaptive: true }),
    );
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
