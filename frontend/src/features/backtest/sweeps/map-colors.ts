/** From low to high, in steps that stay apart for every kind of colour vision and in print (cividis, Nuñez et al. 2018). */
const STOPS: [number, number, number][] = [
  [0, 34, 78],
  [53, 69, 108],
  [102, 105, 112],
  [148, 142, 119],
  [200, 184, 102],
  [254, 232, 56],
];

/** Below this, white stands out more than black does: both then by 4.5 to 1 at least (WCAG 2.2, 1.4.3). */
const DARK_BELOW = Math.sqrt(1.05 * 0.05) - 0.05;

/** The relative luminance of a colour in sRGB (WCAG 2.2). */
function luminance([red = 0, green = 0, blue = 0]: number[]): number {
  const linear = (channel: number) => {
    const value = channel / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  };
  return 0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue);
}

/** The colour of a place from 0 to 1, and one that can be read upon it. */
export function mapColor(place: number): { background: string; color: string } {
  const at = Math.min(Math.max(place, 0), 1) * (STOPS.length - 1);
  const low = STOPS[Math.floor(at)] ?? [0, 0, 0];
  const high = STOPS[Math.ceil(at)] ?? low;
  const part = at - Math.floor(at);
  const channels = low.map((value, channel) => Math.round(value + ((high[channel] ?? value) - value) * part));
  return { background: `rgb(${channels.join(' ')})`, color: luminance(channels) < DARK_BELOW ? '#ffffff' : '#000000' };
}

/** The whole scale as a gradient, for the legend. */
export const SCALE = `linear-gradient(to right, ${STOPS.map((stop) => `rgb(${stop.join(' ')})`).join(', ')})`;
