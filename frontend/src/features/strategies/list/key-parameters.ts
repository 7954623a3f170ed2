import { appliedParameters, valueAt, type Parameter, type ParameterValue } from '@/lib/parameters/schema';

/** The groups that decide, and how many settings of each fit into a line. */
const DECIDING: [string, number][] = [
  ['signal', 3],
  ['factors', 3],
  ['ranking', 2],
];

type Set = [Parameter, ParameterValue];

/** The settings that tell strategies apart: what decides, what a document has another value for, and the exits that are on. */
export function keyParameters(known: Parameter[], values: unknown): Set[] {
  const set = appliedParameters(known, values).flatMap((parameter): Set[] => {
    const value = valueAt(values, parameter.name);
    const isOff = parameter.kind !== 'choice' && parameter.kind !== 'boolean' && parameter.off !== null && value === parameter.off;
    return value === undefined || isOff ? [] : [[parameter, value]];
  });
  const deciding = DECIDING.flatMap(([wanted, most]) =>
    // A factor of no weight decides nothing.
    set.filter(([{ group, kind }, value]) => group === wanted && kind !== 'boolean' && !(wanted === 'factors' && value === 0)).slice(0, most),
  );
  const changed = set.filter(([{ group, default: usual }, value]) => group === 'document' && value !== usual);
  const exits = set.filter(([{ group, kind }]) => group === 'exits' && kind !== 'choice');
  return [...deciding, ...changed, ...exits];
}
