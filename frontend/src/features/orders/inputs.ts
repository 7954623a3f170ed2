/** One thing the risk gate saw. */
export interface Input {
  /** Names joined by dots where one thing is a part of another. */
  name: string;
  value: string | number | boolean | null;
}

/** What the gate saw as a flat list, in its own order. Lists become one text. */
export function flattenInputs(inputs: Record<string, unknown>, prefix = ''): Input[] {
  return Object.entries(inputs).flatMap(([key, value]): Input[] => {
    const name = prefix + key;
    if (Array.isArray(value)) return value.length > 0 ? [{ name, value: value.map(textOf).join(', ') }] : [];
    if (typeof value === 'object' && value !== null) return flattenInputs(value as Record<string, unknown>, `${name}.`);
    return [{ name, value: value as Input['value'] }];
  });
}

function textOf(value: unknown): string {
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

/** The last part of a name, which is what it is called by. */
export function lastPart(name: string): string {
  return name.slice(name.lastIndexOf('.') + 1);
}
