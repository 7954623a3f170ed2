import { screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { describe, expect, it, vi } from 'vitest';
import { make } from '@/lib/testing/data';
import { renderApp } from '@/lib/testing/render';
import { HeatMap } from './heat-map';

const rows = [
  make.coverage(),
  make.coverage({ symbol: 'D00020', name_ko: '새봄제약', missing: 0, cells: [] }),
];

describe('HeatMap', () => {
  it('tells the cell under the cursor in words, from the newest on', async () => {
    renderApp(<HeatMap rows={rows} onOpen={() => undefined} />);
    await userEvent.tab();
    const reading = screen.getByTestId('coverage-reading');
    expect(reading.textContent).toBe('한빛전자 · 2026년 2월: 봉 16개 있음, 1개 빠짐');
    await userEvent.keyboard('{ArrowLeft}');
    expect(reading.textContent).toBe('한빛전자 · 2026년 1월: 봉 21개 모두 있음');
    await userEvent.keyboard('{ArrowDown}');
    expect(reading.textContent).toBe('새봄제약 · 2026년 1월: 거래 없음');
  });

  it('names the cell to a screen reader', async () => {
    renderApp(<HeatMap rows={rows} onOpen={() => undefined} />);
    await userEvent.tab();
    const grid = screen.getByTestId('coverage-grid');
    const active = document.getElementById(grid.getAttribute('aria-activedescendant') ?? '');
    expect(active?.dataset).toMatchObject({ period: '2026-02', level: 'most' });
  });

  it('opens the row of the cursor', async () => {
    const open = vi.fn();
    renderApp(<HeatMap rows={rows} onOpen={open} />);
    await userEvent.tab();
    await userEvent.keyboard('{ArrowDown}{Enter}');
    expect(open).toHaveBeenCalledExactlyOnceWith(rows[1]);
  });
});
