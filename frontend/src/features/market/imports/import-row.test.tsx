import { screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { describe, expect, it, vi } from 'vitest';
import { make } from '@/lib/testing/data';
import { renderApp } from '@/lib/testing/render';
import { ImportRow } from './import-row';

describe('ImportRow', () => {
  it('counts what was set aside by reason, the most frequent first', () => {
    renderApp(<ImportRow item={make.import()} onQuarantine={() => undefined} />);
    const counts = screen.getAllByTestId('import-reason').map((badge) => badge.textContent);
    expect(counts).toEqual(['중복 4', '호가 단위에 맞지 않음 1']);
    expect(screen.getByText('5행 격리')).toBeDefined();
  });

  it('shows a reason that is new to this build by its code', () => {
    const item = make.import({ rows_quarantined: 1, reasons: { cosmic_ray: 1 } });
    renderApp(<ImportRow item={item} onQuarantine={() => undefined} />);
    expect(screen.getByTestId('import-reason').textContent).toBe('cosmic_ray 1');
  });

  it('leads to the rows', async () => {
    const open = vi.fn();
    renderApp(<ImportRow item={make.import()} onQuarantine={open} />);
    await userEvent.click(screen.getByTestId('quarantine-open'));
    expect(open).toHaveBeenCalledOnce();
  });

  it('says nothing of a quarantine where there is none', () => {
    const item = make.import({ rows_quarantined: 0, reasons: {} });
    renderApp(<ImportRow item={item} onQuarantine={() => undefined} />);
    expect(screen.queryByTestId('quarantine-open')).toBeNull();
  });

  it('says in words why a broker gave nothing, and what to do', () => {
    const words = (ko: string) => ({ ko, en: 'English' });
    const problem = {
      code: 'UNREACHABLE' as const,
      broker_code: 'EGW00201',
      message: words('한국투자증권이 응답하지 않습니다.'),
      mend: words('네트워크를 확인하세요.'),
    };
    const item = make.import({ source: 'broker', kind: 'symbols', status: 'failed', error: 'out of reach', problem });
    renderApp(<ImportRow item={item} onQuarantine={() => undefined} />);
    const told = screen.getByTestId('import-problem').textContent;
    expect(told).toContain('한국투자증권이 응답하지 않습니다.');
    expect(told).toContain('네트워크를 확인하세요.');
    expect(told).toContain('EGW00201');
    expect(screen.queryByText('out of reach')).toBeNull();
    expect(screen.getByText(/한국투자증권 · 종목 목록/)).toBeDefined();
  });

  it('calls days that differ from the calendar what they are', () => {
    const reasons = { calendar_differs: 2 };
    const item = make.import({ source: 'broker', kind: 'sessions', rows_quarantined: 2, reasons });
    renderApp(<ImportRow item={item} onQuarantine={() => undefined} />);
    expect(screen.getByText('2일이 달력과 다름')).toBeDefined();
    expect(screen.getByText('개장일 확인')).toBeDefined();
    expect(screen.getByTestId('import-reason').textContent).toBe('달력과 다름 2');
  });
});
