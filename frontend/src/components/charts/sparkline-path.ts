/** The size of the drawing; it is stretched to its place. */
export const WIDTH = 120;
export const HEIGHT = 36;
/** Room for the width of the line at either end. */
const MARGIN = 2;

export interface SparklinePath {
  line: string;
  /** The space between the line and where it began. */
  area: string;
  /** Where the value is nought. */
  zero: number;
}

const round = (value: number) => Math.round(value * 100) / 100;

/** A curve of ratios that began at nought, drawn over its whole range; null while there is no line to draw. */
export function sparklinePath(points: number[]): SparklinePath | null {
  if (points.length < 2 || !points.every(Number.isFinite)) return null;
  const [lowest, highest] = [Math.min(0, ...points), Math.max(0, ...points)];
  // A line that never moves lies in the middle.
  const range = highest - lowest || 1;
  const y = (value: number) => round(MARGIN + ((highest - value) / range) * (HEIGHT - 2 * MARGIN));
  const x = (place: number) => round((place / (points.length - 1)) * WIDTH);
  const line = points.map((value, place) => `${place === 0 ? 'M' : 'L'}${x(place)} ${y(value)}`).join('');
  const zero = highest === lowest ? HEIGHT / 2 : y(0);
  return { line, area: `${line}L${WIDTH} ${zero}L0 ${zero}Z`, zero };
}
