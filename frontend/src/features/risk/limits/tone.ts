/** From here on a limit is nearly used up. */
const NEAR = 0.8;

/** The colour of a bar: calm, near its end, or full. */
export function toneOf(share: number): 'accent' | 'warn' | 'danger' {
  if (share >= 1) return 'danger';
  return share >= NEAR ? 'warn' : 'accent';
}
