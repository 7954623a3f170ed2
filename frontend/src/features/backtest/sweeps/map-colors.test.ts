import { describe, expect, it } from 'vitest';
import { mapColor } from './map-colors';

/** Contrast of two colours as WCAG measures it. */
function contrast(...colors: number[][]): number {
  const [light = 0, dark = 0] = colors
    .map((channels) => channels.map((channel) => channel / 255).map((value) => (value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4)))
    .map(([red = 0, green = 0, blue = 0]) => 0.2126 * red + 0.7152 * green + 0.0722 * blue)
    .sort((left, right) => right - left);
  return (light + 0.05) / (dark + 0.05);
}

describe('mapColor', () => {
  it('writes on every colour so that it can be read', () => {
    for (let place = 0; place <= 1; place += 0.01) {
      const { background, color } = mapColor(place);
      const ground = background.match(/\d+/g)?.map(Number) ?? [];
      const text = color === '#ffffff' ? [255, 255, 255] : [0, 0, 0];
      expect(contrast(ground, text), `${place}: ${background}`).toBeGreaterThanOrEqual(4.5);
    }
  });
});
