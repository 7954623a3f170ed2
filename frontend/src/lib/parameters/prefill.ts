import { flatValues, isMembers, withValue, type ParameterValue, type ParameterValues } from './schema';

/** What one page hands to the form of another by its address. */
export interface Prefill {
  type?: string;
  /** What it is to be called. */
  name?: string;
  parameters?: ParameterValues;
  symbols?: string[];
  start?: string;
  end?: string;
  capital?: number;
  /** The search that found the parameters. */
  sweep?: number;
}

export function prefillHref(path: string, { type, name, parameters, symbols, start, end, capital, sweep }: Prefill): string {
  const query = new URLSearchParams();
  if (type) query.set('type', type);
  if (name) query.set('name', name);
  if (symbols?.length) query.set('symbols', symbols.join(','));
  if (start) query.set('start', start);
  if (end) query.set('end', end);
  if (capital !== undefined) query.set('capital', String(capital));
  if (sweep !== undefined) query.set('sweep', String(sweep));
  if (parameters) query.set('parameters', JSON.stringify(Object.fromEntries(flatValues(parameters))));
  return `${path}?${query}`;
}

const isValue = (entry: [string, unknown]): entry is [string, ParameterValue] => ['number', 'string', 'boolean'].includes(typeof entry[1]);

/** Parameters as an address has them; nothing that could not be one. */
function readValues(text: string | undefined): ParameterValues | undefined {
  if (!text) return undefined;
  try {
    const read: unknown = JSON.parse(text);
    if (!isMembers(read)) return undefined;
    return Object.entries(read).filter(isValue).reduce<ParameterValues>((values, [name, value]) => withValue(values, name, value), {});
  } catch {
    return undefined;
  }
}

const isDate = (text: string | undefined) => text !== undefined && /^\d{4}-\d{2}-\d{2}$/.test(text);

const positive = (text: string | undefined) => {
  const number = Number(text);
  return Number.isSafeInteger(number) && number > 0 ? number : undefined;
};

/** The other way round; an address may say anything, so only what can be used is taken. */
export function readPrefill(get: (key: string) => string | undefined): Prefill {
  return {
    type: get('type'),
    name: get('name'),
    parameters: readValues(get('parameters')),
    symbols: get('symbols')?.split(',').filter((symbol) => /^[0-9A-Z]{6,9}$/.test(symbol)),
    start: isDate(get('start')) ? get('start') : undefined,
    end: isDate(get('end')) ? get('end') : undefined,
    capital: positive(get('capital')),
    sweep: positive(get('sweep')),
  };
}
