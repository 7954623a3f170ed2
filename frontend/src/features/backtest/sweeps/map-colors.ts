/** From low to high, in steps that stay apart for every kind of colour vision and in print (cividis, Nuñez et al. 2018). */
const STOPS: [number, number, number][] = [
  [0, 34, 78],
  [53, 69, 108],
  [102, 105, 112],
  [148, 142, 119],
  [200, 184, 102],
  [254, 232, 56],
];

/** The colour of a place from 0 to 1, and one that can be read upon it. */
export function mapColor(place: number): { background: string; color: string } {
  const at = Math.min(Math.max(place, 0), 1) * (STOPS.length - 1);
  const low = STOPS[Math.floor(at)] ?? [0, 0, 0];
  const high = STOPS[Math.ceil(at)] ?? low;
  const part = at - Math.floor(at);
  const channels = low.map((value, channel) => Math.round(value + ((high[channel] ?? value) - value) * part));
  return { background: `rgb(${channels.join(' ')})`, color: place < 0.55 ? '#ffffff' : '#101418' };
}

/** The whole scale as a gradient, for the legend. */
export const SCALE = `linear-gradient(to right, ${STOPS.map((stop) => `rgb(${stop.join(' ')})`).join(', ')})`;
