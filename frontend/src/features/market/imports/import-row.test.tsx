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
});
