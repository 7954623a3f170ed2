import { fireEvent, screen } from '@testing-library/react';
import { describe, expect, it, vi } from 'vitest';
import { renderApp } from '@/lib/testing/render';
import type { Trial } from '@/lib/api/types';
import { gridOf } from './grid';
import { HeatMap } from './heat-map';

const trial = (number: number, fast: number, slow: number, objective: number): Trial => ({
  fold: 0,
  number,
  parameters: { fast, slow },
  objective,
  metrics: null,
  error: null,
});
const GRID = gridOf([trial(1, 5, 20, 0.5), trial(2, 5, 40, 0.7), trial(3, 10, 40, -0.1)], ['fast', 'slow'], ({ objective }) => objective, true);

describe('the map of trials', () => {
  it('is read with the arrows, and every value stands in its square', () => {
    const onLook = vi.fn();
    renderApp(<HeatMap grid={GRID} names={{ across: 'fast', down: 'slow' }} write={String} label="지도" onLook={onLook} testId="map" />);
    expect(screen.getAllByTestId('map-cell').map((cell) => cell.textContent)).toEqual(['0.5', '0.7', '-0.1']);
    const map = screen.getByTestId('map');
    fireEvent.focus(map);
    expect(onLook).toHaveBeenLastCalledWith(expect.objectContaining({ value: 0.5 }));
    fireEvent.keyDown(map, { key: 'ArrowRight' });
    expect(onLook).toHaveBeenLastCalledWith(null);
    fireEvent.keyDown(map, { key: 'ArrowDown' });
    expect(onLook).toHaveBeenLastCalledWith(expect.objectContaining({ value: -0.1 }));
    fireEvent.keyDown(map, { key: 'Home' });
    expect(onLook).toHaveBeenLastCalledWith(expect.objectContaining({ value: 0.7 }));
    expect(map.getAttribute('aria-activedescendant')).toMatch(/-1-0$/);
  });
});
